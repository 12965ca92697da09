"""The plug-in door: where models are registered and looked up. Imports no torch."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

from runbench.errors import RegistrationError
from runbench.models.catalog import CATALOG
from runbench.models.networks.timm_networks import timm_spec
from runbench.models.recipes import Preset, Recipe, Regime
from runbench.models.spec import ModelSpec

BuilderT = TypeVar("BuilderT", bound=Callable[..., Any])

ENTRY_POINT_GROUP = "runbench.models"

TIMM_PREFIXES = ("timm:", "timm-")
"""What names of timm's networks begin with: as they are asked for, and as they are called in files."""


class UnknownModelError(LookupError):
    """Say that no model has a name, and which names are near."""


@dataclass(frozen=True)
class BrokenPlugin:
    """Name a plug-in that could not be loaded, and why."""

    plugin: str
    reason: str


_REGISTRY: dict[str, ModelSpec] = {spec.name: spec for spec in CATALOG}


def register(spec: ModelSpec) -> None:
    """Add a spec; raise RegistrationError where its name is taken."""
    if spec.name in _REGISTRY:
        raise RegistrationError(f"a model named {spec.name!r} is registered already; choose another name")
    _REGISTRY[spec.name] = spec


def register_model(
    name: str,
    *,
    regime: Regime,
    architecture: str | None = None,
    summary: str = "",
    reference: str = "",
    tags: tuple[str, ...] = (),
    options: Mapping[str, Any] | None = None,
    recipes: Mapping[Preset, Recipe] | None = None,
) -> Callable[[BuilderT], BuilderT]:
    """Register the decorated builder under `name`; the builder itself is returned unchanged."""

    def add(builder: BuilderT) -> BuilderT:
        register(
            ModelSpec(
                name=name,
                builder=builder,
                regime=regime,
                architecture=architecture or name,
                summary=summary or (inspect.getdoc(builder) or "").partition("\n")[0],
                reference=reference,
                tags=(*tags, "plug-in"),
                options=dict(options or {}),
                recipes=dict(recipes or {}),
            )
        )
        return builder

    return add


def registered_models() -> tuple[ModelSpec, ...]:
    """Return every spec, built-in models first, in the order of registration."""
    return tuple(_REGISTRY.values())


def get_model(name: str) -> ModelSpec:
    """Return the spec called `name`, timm's for timm:NAME; raise UnknownModelError with the nearest names."""
    if name.startswith(TIMM_PREFIXES):
        return _timm_model(name)
    if name not in _REGISTRY:
        near = difflib.get_close_matches(name.lower(), _REGISTRY, n=3, cutoff=0.4)
        hint = f"; did you mean {', '.join(near)}?" if near else "; list models shows what there is"
        raise UnknownModelError(f"there is no model {name[:80]!r}{hint}")
    return _REGISTRY[name]


def _timm_model(name: str) -> ModelSpec:
    if importlib.util.find_spec("timm") is None:
        raise UnknownModelError(f"{name[:80]} needs the extra timm: pip install 'run-bench[timm]'")
    bare = name[len(TIMM_PREFIXES[0]) :]
    network = bare.removesuffix("-augmented")
    try:
        return timm_spec(network, "clean" if network == bare else "augmented")
    except RegistrationError as error:
        raise UnknownModelError(str(error)) from error


def load_plugins(plugins: Iterable[str]) -> tuple[BrokenPlugin, ...]:
    """Import plug-ins, each a path that ends in .py or a dotted module, so that they register their models.

    A plug-in that fails is taken out whole and returned with its reason; the others stay.
    """
    loaders = ((plugin, _file_or_module(plugin)) for plugin in plugins)
    return tuple(_load_each(loaders))


def load_entry_points() -> tuple[BrokenPlugin, ...]:
    """Import what installed packages offer in the entry-point group `runbench.models`; return what failed."""
    return tuple(_load_each((point.name, point.load) for point in entry_points(group=ENTRY_POINT_GROUP)))


def _load_each(loaders: Iterable[tuple[str, Callable[[], object]]]) -> Iterator[BrokenPlugin]:
    for plugin, load in loaders:
        before = dict(_REGISTRY)
        try:
            load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything
            _REGISTRY.clear()
            _REGISTRY.update(before)
            message = str(error).strip().partition("\n")[0]
            yield BrokenPlugin(plugin, f"{type(error).__name__}: {message}")


def _file_or_module(plugin: str) -> Callable[[], object]:
    if plugin.endswith(".py"):
        return lambda: _import_file(Path(plugin))
    return lambda: importlib.import_module(plugin)


def _import_file(path: Path) -> None:
    # Named by what is in it, so that a plug-in keeps its identity on another machine or in another folder.
    name = f"runbench_plugin_{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    if name in sys.modules:
        return
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
