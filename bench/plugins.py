"""Plug-ins: files, package folders, modules and installed packages that register something. Imports no torch.

A plug-in is imported as Python would import it at home: a file may import its neighbours plainly or relatively, a
file in a package or a package's folder is imported as that package. The folder of the plug-in and the current
one come first on the path while it is imported, so a project's own `models` or `transforms` are found.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import final

from runbench.registration import whole_or_not_at_all

PREFIX = "runbench_plugin_"
"""What the names of modules begin with that are made for single files."""

INIT = "__init__.py"


@final
@dataclass(frozen=True)
class BrokenPlugin:
    """A plug-in that could not be loaded, and why."""

    plugin: str
    reason: str

    def __str__(self) -> str:
        """Return the line that says so."""
        return f"plug-in {self.plugin} is broken: {self.reason}"


def load_plugins(plugins: Iterable[str]) -> tuple[BrokenPlugin, ...]:
    """Import plug-ins, each a file that ends in .py, a package's folder or a dotted module.

    What they register stays; one that fails is taken whole out of every registry and returned with the reason,
    the others stay.
    """
    return tuple(_load_each((plugin, _importer(plugin)) for plugin in plugins))


def load_entry_points(group: str) -> tuple[BrokenPlugin, ...]:
    """Import what installed packages offer in a group of entry points, likewise; return what failed."""
    return tuple(_load_each((_name_of(point), point.load) for point in entry_points(group=group)))


def _name_of(point: EntryPoint) -> str:
    return point.name if point.dist is None else f"{point.name} of {point.dist.name}"


def _load_each(loaders: Iterable[tuple[str, Callable[[], object]]]) -> Iterator[BrokenPlugin]:
    for plugin, load in loaders:
        try:
            with whole_or_not_at_all():
                load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything
            message = str(error).strip().partition("\n")[0]
            yield BrokenPlugin(plugin, f"{type(error).__name__}: {message}")


def _importer(plugin: str) -> Callable[[], object]:
    path = Path(plugin)
    if plugin.endswith(".py"):
        return lambda: _import_file(path)
    if plugin and path.is_dir():
        return lambda: _import_folder(path)
    return lambda: _import_module(plugin, Path.cwd())


def _import_folder(folder: Path) -> None:
    if not (folder / INIT).is_file():
        raise ImportError(f"{folder} is no package: it holds no {INIT}; name a file in it")
    _import_file(folder / INIT)


def _import_file(file: Path) -> None:
    if not file.is_file():
        raise ImportError(f"there is no file {file}")
    folder = file.resolve().parent
    if (folder / INIT).is_file():
        root, name = _package_of(folder)
        _import_module(name if file.name == INIT else f"{name}.{file.stem}", root)
    else:
        _import_alone(file, folder)


def _package_of(folder: Path) -> tuple[Path, str]:
    """Return where the package of a folder begins, and the folder's dotted name within."""
    names = []
    while (folder / INIT).is_file():
        names.append(folder.name)
        folder = folder.parent
    return folder, ".".join(reversed(names))


def _import_module(name: str, root: Path) -> None:
    with _at_home(root):
        importlib.import_module(name)


def _import_alone(file: Path, folder: Path) -> None:
    """Import a file that belongs to no package, as the only named module of a package made for it.

    The package is called by what is in the file, so that a copy in another folder is the same plug-in.
    """
    package = PREFIX + hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    if package in sys.modules:
        return
    made = ModuleType(package)
    made.__path__ = [str(folder)]
    sys.modules[package] = made
    try:
        with _at_home(folder):
            importlib.import_module(f"{package}.{file.stem}")
    except BaseException:
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
        raise


_HOMES: set[Path] = set()
"""The folders beside whose files plug-ins were imported."""


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Look in `folder` first and in the current folder next while the block imports, and last afterwards.

    A builder may import only when it is called. Modules that other plug-ins brought are put aside where this one
    has some of the same names: those plug-ins keep theirs, and this one finds its own.
    """
    homes = [str(folder), str(Path.cwd())]
    _put_aside(folder)
    _HOMES.add(folder)
    sys.path[:0] = homes
    importlib.invalidate_caches()
    try:
        yield
    finally:
        for home in homes:
            sys.path.remove(home)
        sys.path += [home for home in dict.fromkeys(homes) if home not in sys.path]


def _put_aside(folder: Path) -> None:
    """Forget the modules that other plug-ins brought from beside themselves and that `folder` has of its own."""
    own = {entry.stem for entry in folder.iterdir() if entry.suffix == ".py" or (entry / INIT).is_file()}
    others = _HOMES - {folder}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in own - {"runbench"} and file is not None:
            places = set(Path(file).parents)
            if folder not in places and not others.isdisjoint(places):
                del sys.modules[name]
