"""The command line from its words to its exit code. Torch, pandas and seaborn are imported only once needed."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from runbench.cli.commands import COMMANDS
from runbench.cli.output import Output
from runbench.cli.parser import parse
from runbench.cli.running import FINISHED
from runbench.errors import BenchError, DamagedFileError, UnusableEnvironmentError

# Idle OpenMP threads otherwise spin, and where another process wants a core that slows training tens of times.
# Read once, when torch is first imported, which is later than this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

INTERRUPTED, TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    if threading.current_thread() is threading.main_thread():
        # Python takes signals in its main thread alone
        signal.signal(signal.SIGTERM, _terminate)
    words = sys.argv[1:] if arguments is None else list(arguments)
    output = Output(command_of(sys.argv[0]))
    try:
        options = parse(output.command, words)
        options.line = shlex.join([*output.command.split(), *words])
        code = COMMANDS[options.command](options, Output(output.command, options.quiet))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone: keep the interpreter from flushing into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINISHED
    except KeyboardInterrupt:
        output.warn("interrupted; the same command goes on from here")
        return INTERRUPTED
    except (BenchError, OSError, DamagedFileError) as error:
        if "--debug" in words:
            traceback.print_exc()
        output.refuse(error)
        return error.exit_code if isinstance(error, BenchError) else UnusableEnvironmentError.exit_code
    return code


def command_of(program: str) -> str:
    """Return the command by which users called us, `program` being the first word that Python was given."""
    path = Path(program)
    if path.name == "run_bench.py":
        return f"python {program}"
    if path == Path(__file__).parents[1] / "__main__.py":
        return "python -m runbench"
    return "run-bench"


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise SystemExit(TERMINATED)
