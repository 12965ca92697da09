"""The options of the command line, and what each takes. Imports no torch."""

from __future__ import annotations

import argparse
import difflib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, final

import runbench
from runbench.data.catalogue import DATASETS, FOLDER
from runbench.errors import UsageError
from runbench.models.recipes import PRESETS
from runbench.pipeline.listing import LISTINGS
from runbench.pipeline.resolve import PRECISIONS
from runbench.suites import SUITES, groups

EXAMPLES = """examples:
  {command} --suite rotation                     train and sweep the six core models
  {command} --suite rotation --preset smoke      the same in under a minute, to see that it works
  {command} --suite rotation scale translation parts overlap
  {command} --suite all --preset smoke           every axis of change, some minutes
  {command} --suite rotation --levels -30 -15 0 15 30
  {command} --suite rotation --models baseline stn --seeds 0 1 2
  {command} --suite rotation --plugin my_model.py --dry-run
  {command} list models
  {command} report rotation-mnist10k-standard
  {command} claims --run --seeds 0 1 2 --dry-run
  {command} compare reference rotation-mnist10k-standard

exit codes: 0 done; 2 usage; 3 finished, but some cells failed or answers of the selftest are wrong; 4 the run
is in use or holds another configuration; 5 disk, data, device or plug-in; 130, 143 interrupted
"""


def parse(command: str, arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments of `command`; raise UsageError, naming what is near, for an option that there is not."""
    parser = _parser(command)
    known = _options(parser)
    for word in arguments:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known:
            near = difflib.get_close_matches(option, known, n=3, cutoff=0.4)
            raise UsageError(f"there is no option {option!r}; did you mean {', '.join(near) or '--help'}?")
    return parser.parse_args(arguments)


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """Return every option that a parser or one of its sub-parsers knows."""
    known = {option for action in parser._actions for option in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            known.update(*(_options(choice) for choice in action.choices.values()))
    return known


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


def _weights(text: str) -> tuple[str, Path]:
    model, equals, file = text.partition("=")
    if not equals or not file:
        raise argparse.ArgumentTypeError(f"{text!r}: write MODEL=FILE.safetensors")
    return model, Path(file)


@final
class _Parser(argparse.ArgumentParser):
    """Refuse bad arguments in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see --help)")


SHARED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "output": {"type": Path, "metavar": "FOLDER", "help": "where runs and checkpoints are kept"},
        "reports": {"type": Path, "metavar": "FOLDER", "help": "where reports are written"},
        "plugin": {
            "dest": "plugins",
            "nargs": "+",
            "metavar": "FILE.py|FOLDER|MODULE",
            "help": "register what these plug-ins bring",
        },
        "quiet": {"action": "store_true", "help": "print nothing but errors"},
        "debug": {"action": "store_true", "help": "show the traceback of an error"},
    }
)
"""The options that stand in front of a command or behind it."""


def _shared(defaults: Mapping[str, object]) -> _Parser:
    """Return a parser of shared options by their names, each with its default."""
    options = _Parser(add_help=False)
    for name, default in defaults.items():
        options.add_argument(f"--{name}", default=default, **SHARED[name])
    return options


def _settings(options: argparse._ArgumentGroup) -> None:
    """Add what decides how a run is made, called as in `Settings`; `resolve` has the defaults."""
    add = options.add_argument
    add("--dataset", metavar="DATASET", help=f"{', '.join(DATASETS)}, {FOLDER}PATH")
    add("--data", type=Path, metavar="FOLDER", help="where datasets are kept")
    add("--preset", choices=PRESETS, help="how large and how long")
    add(
        "--epochs", type=_positive, metavar="N", help="of the paper preset's recipe, train the first N epochs only"
    )
    add("--seeds", nargs="+", type=_natural, metavar="SEED", help="training seeds")
    add("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps")
    add("--precision", choices=PRECISIONS, help="of training and costs")
    add("--batch-size", type=_positive, metavar="N", help="images at once in evaluation")
    add("--limit", type=_positive, metavar="N", help="measure the first N test images only")
    add("--threads", type=_positive, metavar="N", help="processor threads; default: all there are")
    add("--name", metavar="NAME", help="of the run; default: what is measured, dataset and preset")
    add("--overwrite", action="store_true", help="replace a run of the same name")
    add("--dry-run", action="store_true", help="say what would be done, and about how long it takes")


def _parser(command: str) -> argparse.ArgumentParser:
    # Behind a command an option that is not given must leave what stands in front of the command
    unset = argparse.SUPPRESS
    folders, plugins, shared = (
        _shared(dict.fromkeys(names, unset)) for names in (("output", "reports"), ("plugin",), ("quiet", "debug"))
    )
    everywhere = {
        "output": Path("results"),
        "reports": Path("reports"),
        "plugin": [],
        "quiet": False,
        "debug": False,
    }

    parser = _Parser(
        prog=command,
        description="Measure what happens to a vision model when its input is transformed.",
        epilog=EXAMPLES.format(command=command),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=unset,
        parents=[_shared(everywhere)],
    )
    parser.add_argument("--version", action="version", version=f"run-bench {runbench.__version__}")
    run = parser.add_argument_group("a run")
    run.add_argument(
        "--suite",
        dest="suites",
        nargs="+",
        default=[],
        metavar="SUITE",
        help=f"what to sweep: {', '.join([*SUITES, *groups()])}",
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
        "--weights",
        nargs="+",
        type=_weights,
        metavar="MODEL=FILE.safetensors",
        help="measure these trained weights instead of training",
    )
    _settings(run)
    parser.set_defaults(name=None, overwrite=False, dry_run=False)

    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_Parser, title="other commands"
    )
    listing = commands.add_parser("list", parents=[plugins, shared], help=f"list {', '.join(LISTINGS)}")
    listing.add_argument("what", nargs="?", choices=tuple(LISTINGS))
    listing.add_argument("--json", action="store_true", help="as JSON")
    report = commands.add_parser("report", parents=[folders, shared], help="write a run's report again")
    report.add_argument("name", metavar="NAME", help="the run's name")
    compare = commands.add_parser(
        "compare", parents=[folders, shared], help="set two stored runs side by side, and test their differences"
    )
    compare.add_argument("first", metavar="A", help="a run's name")
    compare.add_argument("second", metavar="B", help="another run's name; differences are A minus B")
    claims = commands.add_parser(
        "claims",
        parents=[folders, shared],
        argument_default=unset,
        help="the claims: what they need, and what a run's numbers say to them",
    )
    claims.add_argument("name", nargs="?", metavar="NAME", help="the run's name; without one, state the claims")
    claims.add_argument(
        "--claims", nargs="+", type=_natural, default=None, metavar="NUMBER", help="these claims only"
    )
    claims.add_argument("--run", action="store_true", default=False, help="run first what the claims need")
    _settings(claims.add_argument_group("with --run"))
    commands.add_parser(
        "selftest", parents=[shared], help="measure networks whose answers are known, and say if all came out"
    )
    commands.add_parser("clean", parents=[folders, shared], help="remove checkpoints that no run uses")
    return parser
