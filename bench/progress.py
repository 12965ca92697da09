"""How far along a long loop is: a bar on stderr or in a notebook, or nothing."""

import sys
from collections.abc import Iterable
from typing import Protocol, TypeVar, runtime_checkable

from tqdm.auto import tqdm

T = TypeVar("T")


@runtime_checkable
class Progress(Protocol):
    """What shows how far a loop is, by wrapping its items."""

    def __call__(self, items: Iterable[T], description: str, total: int) -> Iterable[T]:
        """Return the same items."""


def silent(items: Iterable[T], description: str, total: int) -> Iterable[T]:  # noqa: ARG001
    """Show nothing."""
    return items


def bar(items: Iterable[T], description: str, total: int) -> Iterable[T]:
    """Show a bar while the loop runs: in a notebook, else on stderr where that is a terminal."""
    return tqdm(
        items, desc=description, total=total, file=sys.stderr, disable=None, leave=False, dynamic_ncols=True
    )
