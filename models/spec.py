"""What a model says of itself: ModelSpec. Imports no torch."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast, final

from runbench.errors import RegistrationError
from runbench.models.layouts import LAYOUTS, Layout
from runbench.models.recipes import PRESETS, REGIME_RECIPES, REGIMES, Preset, Recipe, Regime

if TYPE_CHECKING:
    from runbench.models.base import Classifier

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@final
@dataclass(frozen=True)
class ModelSpec:
    """One model: how it is built, what it sees in training, and how it is trained.

    `builder(in_channels, num_classes, image_size, preset, **options)` returns an `nn.Module`; it is the
    function or class itself or, so that listing imports no torch, its address as "module:function".
    `image_size` is (height, width). `architecture` groups the specs that differ only in regime. `recipes` gives
    the recipes that differ from the regime's; but within a regime all models see the same images, so outside
    the paper preset they agree with it in epochs, batch size and shift. `group` is the family that it is listed
    with, `parameters` counts the network's, without what only training uses, at the standard preset and 28x28
    (the paper preset where that is the only one), `presets` are those that it can be built for. `layers` are the
    modules, as paths in the network, whose features are measured; where none are named, every convolution,
    pooling and capsule layer and what the last linear layer is given. `layout` is how images and weights lie in
    memory: contiguous, or channels-last where the network is written for it. Raises RegistrationError.
    """

    name: str
    builder: str | Callable[..., Any]
    regime: Regime
    architecture: str
    summary: str
    reference: str = ""
    tags: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    recipes: Mapping[Preset, Recipe] = field(default_factory=dict)
    group: str = "plug-ins"
    parameters: int | None = None
    presets: tuple[Preset, ...] = PRESETS
    layers: tuple[str, ...] = ()
    layout: Layout = "contiguous"

    def __post_init__(self) -> None:
        for name in (self.name, self.architecture):
            if not NAME.fullmatch(name):
                raise RegistrationError(
                    f"model name {name[:80]!r} is refused: use at most 64 small letters, digits, '.', '_', '-', "
                    "the first of them a letter or digit"
                )
        if self.regime not in REGIMES:
            raise RegistrationError(f"model {self.name!r}: regime {self.regime!r} is neither clean nor augmented")
        if self.layout not in LAYOUTS:
            raise RegistrationError(f"model {self.name!r}: layout {self.layout!r} is none of {', '.join(LAYOUTS)}")
        if not isinstance(self.builder, str | FunctionType | type | partial):
            raise RegistrationError(f"model {self.name!r}: the builder is neither a function nor a class")
        for preset, recipe in self.recipes.items():
            if preset not in PRESETS:
                raise RegistrationError(f"model {self.name!r}: there is no preset {preset!r}")
            shared = REGIME_RECIPES[self.regime, preset]
            if preset != "paper" and recipe.exposure != shared.exposure:
                raise RegistrationError(
                    f"model {self.name!r}: within a regime all models see the same images, so its {preset} recipe "
                    f"has {shared.epochs} epochs, batch size {shared.batch_size} and shift {shared.shift}"
                )

    def recipe(self, preset: Preset) -> Recipe:
        """Return the recipe of `preset`: the spec's own, else the regime's."""
        return self.recipes.get(preset) or REGIME_RECIPES[self.regime, preset]

    @property
    def network(self) -> str:
        """Name the network apart from its training: specs that agree here cost the same to run."""
        options = ", ".join(f"{key}={value!r}" for key, value in sorted(self.options.items()))
        return f"{self._address}({options})"

    @property
    def source(self) -> str:
        """Return the sha256 of a plug-in's source file; empty for built-in models, which the version pins."""
        if isinstance(self.builder, str):
            return ""
        path = inspect.getsourcefile(_unwrapped(self.builder))
        return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""

    def build(self, in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> Classifier:
        """Build the untrained network as a Classifier; weights come from torch's current generator.

        Raises TypeError where the builder returns anything but an `nn.Module`.
        """
        import torch

        from runbench.models.base import as_classifier, materialise

        network = self.resolved_builder()(in_channels, num_classes, image_size, preset, **self.options)
        classifier = as_classifier(network, num_classes)
        classifier.layout = self.layout
        materialise(classifier, in_channels, image_size)
        # What a guest has laid out stays as it is
        return classifier.to(memory_format=torch.channels_last) if self.layout == "channels-last" else classifier

    def resolved_builder(self) -> Callable[..., Any]:
        """Return the builder itself, imported where it is named by its address."""
        if isinstance(self.builder, str):
            return cast("Callable[..., Any]", resolve_name(self.builder))
        return self.builder

    @property
    def _address(self) -> str:
        if isinstance(self.builder, str):
            return self.builder
        builder = _unwrapped(self.builder)
        return f"{builder.__module__}:{builder.__qualname__}"


def _unwrapped(builder: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function or class itself of a builder some of whose arguments are given."""
    return _unwrapped(builder.func) if isinstance(builder, partial) else builder
