"""The source that a network is made of: everything that its builder and classes reach, and installed versions."""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
import sys
import sysconfig
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, final

import torch

from runbench.models.normalised import normalised

OWN = "runbench."
"""Where the built-in networks are: of their modules only the definitions that a network reaches count."""

SIMPLE = (bool, int, float, complex, str, bytes, type(None), torch.dtype)

ANNOTATING = frozenset({"jaxtyping"})
"""Packages of which only annotations are made, so their version decides nothing."""


@final
@dataclass
class Sources:
    """The source of all that is reached from what is added, a line each; installed packages by their version."""

    lines: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    kept: list[object] = field(default_factory=list)

    def add(self, value: object) -> None:
        """Add a function, class, module or collection, and what its source refers to."""
        if isinstance(value, SIMPLE) or id(value) in self.seen:
            return
        # An object that is gone would leave its number to another
        self.seen.add(id(value))
        self.kept.append(value)
        if isinstance(value, functools.partial):
            self.lines.add(f"partial {plain(value.args)} {plain(value.keywords)}")
            self._add_each((value.func, *value.args, *value.keywords.values()))
        elif isinstance(value, MethodType):
            self.add(value.__func__)
        elif isinstance(value, FunctionType | type):
            self._add_definition(inspect.unwrap(value) if isinstance(value, FunctionType) else value)
        elif isinstance(value, ModuleType):
            self._add_module(value)
        elif isinstance(value, Mapping):
            self._add_each(value.values())
        elif isinstance(value, tuple | list | set | frozenset):
            self._add_each(value)

    def _add_each(self, values: Iterable[object]) -> None:
        for value in values:
            self.add(value)

    def _add_definition(self, definition: FunctionType | type) -> None:
        for base in definition.__bases__ if isinstance(definition, type) else ():
            self.add(base)
        module = inspect.getmodule(definition)
        file = _file_of(definition)
        if file is None or _is_installed(file):
            self._add_package(definition.__module__)
        elif module is not None and module.__name__.startswith(OWN):
            tree = _parsed(definition, module)
            self._add_references(tree, vars(module), module)
            self.lines.add(f"{definition.__qualname__}: {normalised(tree)}")
        else:
            self._add_file(file, _globals_of(definition), module)

    def _add_module(self, module: ModuleType) -> None:
        if _is_foreign(module):
            self._add_package(module.__name__)
        elif not f"{module.__name__}.".startswith(OWN):
            self._add_file(Path(str(module.__file__)), vars(module), module)

    def _add_file(self, file: Path, names: Mapping[str, Any], module: ModuleType | None) -> None:
        """Add a whole file of somebody else's, wherever it lies."""
        if file.suffix != ".py" or not file.is_file():
            return
        tree = ast.parse(file.read_bytes())
        if str(file) not in self.files:
            self.files.add(str(file))
            self._add_references(tree, names, module)
            self.lines.add(f"file: {normalised(tree)}")

    def _add_package(self, name: str) -> None:
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names | ANNOTATING and top != OWN.rstrip("."):
            for distribution in sorted(set(_distributions().get(top, []))):
                self.lines.add(f"package {distribution} {_version(distribution)}")

    def _add_references(self, tree: ast.AST, names: Mapping[str, Any], module: ModuleType | None) -> None:
        """Add what the names in a source stand for, also those that it imports itself."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in names and not node.id.startswith("__"):
                self._add_named(node.id, names[node.id])
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = names.get(node.value.id)
                if isinstance(owner, ModuleType) and not _is_foreign(owner):
                    self._add_named(node.attr, vars(owner).get(node.attr))
            elif isinstance(node, ast.Import):
                self._add_each(found for alias in node.names for found in _imported(alias.name))
            elif isinstance(node, ast.ImportFrom):
                package = "." * node.level + (node.module or "")
                for source in _imported(package, module):
                    for alias in node.names:
                        self.add(vars(source).get(alias.name, source))

    def _add_named(self, name: str, value: object) -> None:
        if isinstance(value, SIMPLE):
            self.lines.add(f"{name} = {value!r}")
        elif isinstance(value, Mapping | tuple | list | set | frozenset):
            self.lines.add(f"{name} = {plain(value)}")
        self.add(value)


def _imported(name: str, module: ModuleType | None = None) -> Iterator[ModuleType]:
    """Yield the module that an import statement in `module` names, where it was imported."""
    package = getattr(module, "__package__", None) or ""
    try:
        found = sys.modules.get(importlib.util.resolve_name(name, package))
    except ImportError:
        return
    if found is not None:
        yield found


def _globals_of(definition: FunctionType | type) -> Mapping[str, Any]:
    """Return the names of the module in which something was defined, even where that was replaced since."""
    if isinstance(definition, FunctionType):
        return definition.__globals__
    module = sys.modules.get(definition.__module__)
    if module is not None and vars(module).get(definition.__name__) is definition:
        return vars(module)
    methods = (value for value in vars(definition).values() if isinstance(value, FunctionType))
    named = (method.__globals__ for method in methods if method.__module__ == definition.__module__)
    return next(named, {} if module is None else vars(module))


def _file_of(definition: FunctionType | type) -> Path | None:
    """Return the file in which something was defined; None for what is built into Python or generated."""
    named = _globals_of(definition).get("__file__")
    return Path(named) if named else None


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


_version = functools.cache(version)


@functools.cache
def _installed_folders() -> tuple[Path, ...]:
    paths = {sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(Path(path).resolve() for path in paths)


def _is_foreign(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is None or _is_installed(Path(file))


def _is_installed(file: Path) -> bool:
    """Say whether a file belongs to Python or to an installed package, so that a version stands for it."""
    resolved = file.resolve()
    return "site-packages" in resolved.parts or any(folder in resolved.parents for folder in _installed_folders())


def plain(value: Any) -> str:
    """Write plain values, alone or in collections; of everything else the name of its type, or its own name."""
    if isinstance(value, SIMPLE):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{plain(key)}: {plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(plain, value)) + ")"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(plain, value))) + "}"
    named = value if isinstance(value, FunctionType | type) else type(value)
    return named.__qualname__


def _parsed(definition: FunctionType | type, module: ModuleType) -> ast.AST:
    """Return the tree of a definition, or of its whole module where its lines are no program by themselves."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(definition)))
    except SyntaxError:
        # A lambda amid an expression
        return ast.parse(inspect.getsource(module))
