"""Front door of the command line: ``python run_bench.py --suite rotation``."""

import sys

try:
    from runbench.cli.main import main
except ModuleNotFoundError as error:
    if error.name != "runbench":
        raise
    sys.exit("run_bench.py: the package is not installed; run 'python -m pip install -e .' in this folder first")

if __name__ == "__main__":
    sys.exit(main())
