"""The command line as `python -m runbench`."""

import sys

from runbench.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
