"""The identity of a network as it is built: all code, constants and versions that decide it.

Where a builder lies, its comments, docstrings, annotations and imports decide nothing; a helper that it calls
does, and so does what it reads from files, which shows in the shapes and constants of what it builds.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import inspect
import re
import sys
import sysconfig
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, final

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from runbench.models.recipes import Preset
    from runbench.models.spec import ModelSpec

OWN = "runbench."
"""Where the built-in networks are: of their modules only the definitions that a network reaches count."""

SIMPLE = (bool, int, float, complex, str, bytes, type(None), torch.dtype)

DIGITS = 3
"""Significant digits of the spread of a tensor's values: other machines round the last ones otherwise."""

ANNOTATING = frozenset({"jaxtyping"})
"""Packages of which only annotations are made, so their version decides nothing."""

ADDRESS = re.compile(r"[\w.]+:(\w+)")


def network_fingerprint(
    spec: ModelSpec, in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset
) -> str:
    """Build the untrained network of `spec` once and return its fingerprint; torch's generator is left alone.

    `image_size` is (height, width). Raises whatever the builder raises.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = spec.build(in_channels, num_classes, image_size, preset)
    options = {name: ADDRESS.sub(r"\1", repr(value)) for name, value in sorted(spec.options.items())}
    return fingerprint(network, spec.resolved_builder(), options)


def fingerprint(network: nn.Module, builder: Callable[..., Any], options: Mapping[str, str] | None = None) -> str:
    """Return the sha256, in hexadecimal, of everything that decides `network`, which `builder` has built.

    That is the source of the builder, of every class in the network and of what they call, for installed packages
    their version; the names, shapes, types and spread of parameters and buffers; and the plain values among the
    attributes of its modules.
    """
    sources = _Sources()
    sources.add(builder)
    for module in network.modules():
        sources.add(type(module))
        for value in _attributes(module).values():
            sources.add(value)
    lines = [
        *sorted(sources.lines),
        *_built(network),
        *(f"{name}={value}" for name, value in (options or {}).items()),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _built(network: nn.Module) -> Iterator[str]:
    """Yield a line for each module, parameter and buffer of a network."""
    for path, module in network.named_modules():
        yield f"{path}: {type(module).__qualname__} {_plain(_attributes(module))}"
    for name, tensor in (*network.named_parameters(), *network.named_buffers()):
        learns = "learns" if tensor.requires_grad else "fixed"
        yield f"{name}: {tuple(tensor.shape)} {tensor.dtype} {learns} {_spread(tensor)}"


def _spread(tensor: Tensor) -> str:
    """Return what the values of a tensor tell of how it was made."""
    if (
        isinstance(tensor, nn.UninitializedParameter | nn.UninitializedBuffer)
        or tensor.is_meta
        or not tensor.numel()
    ):
        return "no values"
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return hashlib.sha256(tensor.cpu().contiguous().numpy().tobytes()).hexdigest()
    norm = float(torch.linalg.vector_norm(tensor.detach().flatten().to(torch.complex128)).real)
    return f"{norm:.{DIGITS}g}"


def _attributes(module: nn.Module) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_") and name != "training"}


def _plain(value: Any) -> str:
    """Write plain values, alone or in collections; of everything else the name of its type, or its own name."""
    if isinstance(value, SIMPLE):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_plain(key)}: {_plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_plain, value)) + ")"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_plain, value))) + "}"
    named = value if isinstance(value, FunctionType | type) else type(value)
    return named.__qualname__


@final
@dataclass
class _Sources:
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
            self.lines.add(f"partial {_plain(value.args)} {_plain(value.keywords)}")
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
            self.lines.add(f"{definition.__qualname__}: {_normalised(tree)}")
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
            self.lines.add(f"file: {_normalised(tree)}")

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
            self.lines.add(f"{name} = {_plain(value)}")
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


def _normalised(tree: ast.AST) -> str:
    """Return the source of a tree without docstrings, annotations, imports and registrations."""
    return ast.unparse(ast.fix_missing_locations(_Normaliser().visit(tree)))


@final
class _Normaliser(ast.NodeTransformer):
    """A filter that leaves out of a source what does not decide what it computes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave out docstring, annotations and the decorators that decide nothing."""
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self._visit_definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave out the docstring and the decorators that decide nothing."""
        return self._visit_definition(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Leave out the docstring."""
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave out the annotation."""
        return ast.Assign([node.target], node.value or ast.Constant(None))

    def visit_Import(self, node: ast.Import) -> None:
        """Leave it out: what it names counts itself."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Leave it out: what it names counts itself."""

    def _visit_definition(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        node.decorator_list = [one for one in node.decorator_list if _decides(ast.unparse(one))]
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def _decides(decorator: str) -> bool:
    """Say whether a decorator decides anything: neither one that registers does nor one for type checkers."""
    return "register" not in decorator and decorator != "final"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements without texts that stand alone."""
    return [
        one
        for one in body
        if not (
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
        )
    ]


def _parsed(definition: FunctionType | type, module: ModuleType) -> ast.AST:
    """Return the tree of a definition, or of its whole module where its lines are no program by themselves."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(definition)))
    except SyntaxError:
        # A lambda amid an expression
        return ast.parse(inspect.getsource(module))
