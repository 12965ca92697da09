"""Registries, and one rule for all of them: of a plug-in that breaks halfway nothing stays registered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, TypeVar, final

from runbench.errors import RegistrationError

EntryT = TypeVar("EntryT")


@final
class Registry(Mapping[str, EntryT]):
    """Entries of one kind by their name: those that are built in, then those that were added."""

    def __init__(self, kind: str, built_in: Iterable[tuple[str, EntryT]] = ()) -> None:
        self._kind = kind
        self._entries: dict[str, EntryT] = {}
        for name, entry in built_in:
            self._enter(name, entry)

    def __getitem__(self, name: str) -> EntryT:
        """Return the entry called `name`; raise KeyError where there is none."""
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names in the order in which they came."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._entries)

    def add(self, name: str, entry: EntryT) -> None:
        """Add an entry; raise RegistrationError where its name is taken."""
        self._enter(name, entry)
        _ADDED.get([]).append((self, name))

    def _enter(self, name: str, entry: EntryT) -> None:
        if name in self._entries:
            raise RegistrationError(f"a {self._kind} named {name!r} is registered already; choose another name")
        self._entries[name] = entry

    def _remove(self, name: str) -> None:
        del self._entries[name]


Added = list[tuple[Registry[Any], str]]

_ADDED: ContextVar[Added] = ContextVar("added")
"""What the innermost block of `whole_or_not_at_all` has added so far."""


@contextmanager
def whole_or_not_at_all() -> Iterator[None]:
    """Take out of every registry what was added within the block where the block raises."""
    added: Added = []
    token = _ADDED.set(added)
    try:
        yield
    except BaseException:
        for registry, name in added:
            registry._remove(name)
        raise
    finally:
        _ADDED.reset(token)
    _ADDED.get([]).extend(added)


def import_built_ins(package: str, path: Iterable[str]) -> None:
    """Import every module of a package; what they add stays, whatever becomes of the plug-in that needed them.

    `path` is the package's `__path__`. A package calls this when it is imported itself, for its modules are
    imported but once and would not add their entries again.
    """
    token = _ADDED.set([])
    try:
        for module in walk_packages(path, f"{package}."):
            import_module(module.name)
    finally:
        _ADDED.reset(token)
