"""The command line's grammar: which options there are, and what each takes. Imports no torch."""

from __future__ import annotations

import argparse
import difflib
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, final

import bench
from bench.datasets import DATASETS, FOLDER
from bench.errors import UsageError
from bench.suites import SUITES, groups
from models.recipes import PRESETS

EPILOG = """examples:
  python run_bench.py --suite rotation                     train and sweep the six core models
  python run_bench.py --suite rotation --preset smoke      the same in under a minute, to see that it works
  python run_bench.py --suite rotation scale translation parts overlap
  python run_bench.py --suite all --preset smoke           every axis of change, some minutes
  python run_bench.py --suite rotation --levels -30 -15 0 15 30
  python run_bench.py --suite rotation --models baseline stn --seeds 0 1 2
  python run_bench.py --suite rotation --plugin my_model.py --dry-run
  python run_bench.py list models
  python run_bench.py report rotation-mnist10k-standard

exit codes: 0 done; 2 usage; 3 finished, but some cells failed; 4 the run is in use or holds another
configuration; 5 disk, data, device or plug-in; 130, 143 interrupted
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; raise UsageError, naming what is near, for an option that there is not."""
    parser = _parser()
    known = set(re.findall(r"--[a-z-]+", parser.format_help())) | {"--json"}
    for word in arguments:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known:
            near = difflib.get_close_matches(option, known, n=3, cutoff=0.4)
            raise UsageError(f"there is no option {option!r}; did you mean {', '.join(near) or '--help'}?")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def _natural(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2147483647")
    return int(text)


def _level(text: str) -> float:
    try:
        level = float(text)
    except ValueError:
        level = math.nan
    if not math.isfinite(level):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return level


@final
class _Parser(argparse.ArgumentParser):
    """Refuse bad arguments in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see --help)")


def _folders(output: object, reports: object) -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument(
        "--output", type=Path, default=output, metavar="FOLDER", help="where runs and checkpoints are kept"
    )
    options.add_argument(
        "--reports", type=Path, default=reports, metavar="FOLDER", help="where reports are written"
    )
    return options


def _plugins(default: object) -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument(
        "--plugin",
        nargs="+",
        default=default,
        metavar="FILE.py|MODULE",
        help="register the models of these plug-ins",
    )
    return options


def _shared(default: object) -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument("--quiet", action="store_true", default=default, help="print nothing but errors")
    options.add_argument("--debug", action="store_true", default=default, help="show the traceback of an error")
    return options


def _parser() -> argparse.ArgumentParser:
    # Behind a command an option that is not given must leave what stands in front of the command
    unset = argparse.SUPPRESS
    folders, plugins, shared = _folders(unset, unset), _plugins(unset), _shared(unset)

    parser = _Parser(
        prog="run_bench.py",
        description="Measure what happens to a vision model when its input is transformed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        parents=[_folders(Path("results"), Path("reports")), _plugins([]), _shared(default=False)],
    )
    parser.add_argument("--version", action="version", version=f"run-bench {bench.__version__}")
    run = parser.add_argument_group("a run")
    run.add_argument(
        "--suite", nargs="+", metavar="SUITE", help=f"what to sweep: {', '.join([*SUITES, *groups()])}"
    )
    run.add_argument(
        "--levels", nargs="+", type=_level, metavar="LEVEL", help="sweep one suite at these and at its identity"
    )
    run.add_argument(
        "--models",
        nargs="+",
        metavar="MODEL",
        help="default: the six core models, and plug-ins'; timm:NAME is one of timm's",
    )
    run.add_argument(
        "--dataset", default="mnist10k", metavar="DATASET", help=f"{', '.join(DATASETS)}, {FOLDER}PATH"
    )
    run.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help="where datasets are kept")
    run.add_argument("--preset", choices=PRESETS, default="standard", help="how large and how long")
    run.add_argument(
        "--epochs", type=_positive, metavar="N", help="of the paper preset's recipe, train the first N epochs only"
    )
    run.add_argument("--seeds", nargs="+", type=_natural, default=[0], metavar="SEED", help="training seeds")
    run.add_argument("--device", default="auto", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps")
    run.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="of training and costs")
    run.add_argument("--batch-size", type=_positive, default=500, metavar="N", help="images at once in evaluation")
    run.add_argument("--limit", type=_positive, metavar="N", help="measure the first N test images only")
    run.add_argument("--threads", type=_positive, metavar="N", help="processor threads; default: all there are")
    run.add_argument(
        "--weights", nargs="+", default=[], metavar="MODEL=FILE.safetensors",
        help="measure these trained weights instead of training",
    )  # fmt: skip
    run.add_argument("--name", metavar="NAME", help="of the run; default: suite-dataset-preset")
    run.add_argument("--overwrite", action="store_true", help="replace a run of the same name")
    run.add_argument("--dry-run", action="store_true", help="say what would be done, and about how long it takes")

    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_Parser, title="other commands"
    )
    listing = commands.add_parser("list", parents=[plugins, shared], help="list suites, models and datasets")
    listing.add_argument("what", nargs="?", choices=("suites", "models", "datasets"))
    listing.add_argument("--json", action="store_true", help="as JSON")
    report = commands.add_parser("report", parents=[folders, shared], help="write a run's report again")
    report.add_argument("name", metavar="NAME", help="the run's name")
    commands.add_parser("clean", parents=[folders, shared], help="remove checkpoints that no run uses")
    return parser
