"""Where the command line's text goes: the only file that prints."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import final

from runbench.errors import BenchError


@final
@dataclass(frozen=True)
class Output:
    """Standard output, which `quiet` silences, and standard error, where each line begins with the command."""

    command: str
    quiet: bool = False

    def say(self, text: str) -> None:
        """Print what was asked for."""
        if not self.quiet:
            print(text)

    def warn(self, line: str) -> None:
        """Print what went wrong."""
        print(f"{self.command}: {line}", file=sys.stderr)

    def refuse(self, error: Exception) -> None:
        """Print an error on one line, and by which command its choices are listed."""
        if isinstance(error, BenchError) and error.see:
            self.warn(f"{error.message}; see '{self.command} list {error.see}'")
        else:
            self.warn(" ".join(str(error).split()))
