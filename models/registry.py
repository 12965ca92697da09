"""Where models are registered and looked up. Imports no torch."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, TypeVar, final

from runbench.errors import RegistrationError
from runbench.models.catalog import CATALOG
from runbench.models.layouts import Layout
from runbench.models.networks.timm_networks import timm_spec
from runbench.models.recipes import Preset, Recipe, Regime
from runbench.models.spec import ModelSpec
from runbench.registration import Registry

BuilderT = TypeVar("BuilderT", bound=Callable[..., Any])

TIMM_PREFIXES = ("timm:", "timm-")
"""What names of timm's networks begin with: as they are asked for, and as they are called in files."""


@final
class UnknownModelError(LookupError):
    """A name that no model has, and which names are near."""


_MODELS = Registry("model", ((spec.name, spec) for spec in CATALOG))


def register(spec: ModelSpec) -> None:
    """Add a spec; raise RegistrationError where its name is taken."""
    _MODELS.add(spec.name, spec)


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
    layout: Layout = "contiguous",
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
                layout=layout,
            )
        )
        return builder

    return add


def registered_models(pattern: str = "*") -> tuple[ModelSpec, ...]:
    """Return the specs whose names match `pattern`, as file names do, built-in models first."""
    return tuple(spec for name, spec in _MODELS.items() if fnmatchcase(name, pattern))


def get_model(name: str) -> ModelSpec:
    """Return the spec called `name`, timm's for timm:NAME; raise UnknownModelError with the nearest names."""
    if name.startswith(TIMM_PREFIXES):
        return _timm_model(name)
    if name not in _MODELS:
        near = difflib.get_close_matches(name.lower(), _MODELS, n=3, cutoff=0.4)
        hint = f"; did you mean {', '.join(near)}?" if near else "; list models shows what there is"
        raise UnknownModelError(f"there is no model {name[:80]!r}{hint}")
    return _MODELS[name]


def _timm_model(name: str) -> ModelSpec:
    if importlib.util.find_spec("timm") is None:
        raise UnknownModelError(f"{name[:80]} needs the extra timm: pip install 'run-bench[timm]'")
    bare = name[len(TIMM_PREFIXES[0]) :]
    network = bare.removesuffix("-augmented")
    try:
        return timm_spec(network, "clean" if network == bare else "augmented")
    except RegistrationError as error:
        raise UnknownModelError(str(error)) from error
