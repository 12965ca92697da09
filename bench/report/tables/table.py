"""A table as text, and the numbers in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from runbench.formatting import index_detail, share_detail
from runbench.statistics import Estimate

NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to say."""


@final
@dataclass(frozen=True)
class Entry:
    """A table cell: its text and, smaller, what belongs beside it."""

    text: str
    detail: str = ""


@final
@dataclass(frozen=True)
class Table:
    """A table as text: the first column names the row. `reading` says that it holds words rather than numbers."""

    kind: ClassVar[str] = "table"
    heading: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    reading: bool = False


def share_entry(number: Estimate) -> Entry:
    """Write a share in percent with its interval, a dash where it is not known."""
    return Entry(f"{number.value * 100:.1f}", share_detail(number)) if number.known else Entry(NOTHING)


def index_entry(number: Estimate) -> Entry:
    """Write a number that is no share with its interval, a dash where it is not known."""
    return Entry(f"{number.value:.3f}", index_detail(number)) if number.known else Entry(NOTHING)
