"""Front door of the command line: ``python run_bench.py --suite rotation``."""

import sys

from bench.cli import main

if __name__ == "__main__":
    sys.exit(main())
