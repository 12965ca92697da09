"""Where features are read from: which layers a network has, and where their units sit in the image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from runbench.models.base import Classifier
from runbench.models.layers.capsules import PrimaryCapsules, Routing
from runbench.transforms.lattice import Lattice

KINDS: Mapping[str, tuple[type[nn.Module], ...]] = {
    "convolution": (nn.Conv2d,),
    "pooling": (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveMaxPool2d, nn.AdaptiveAvgPool2d),
    "capsules": (PrimaryCapsules, Routing),
}
"""The layers whose features are measured where a model names none, by what stands behind their names."""

PENULTIMATE = "penultimate"
"""The name of what a network's last linear layer is given."""

DENSITIES = (1.0, 0.2)
"""Of how many of their pixels the images of noise have that are disturbed, row by row."""

LEAST_CHANGE = 1e-5
"""A unit depends on a row of pixels that moves it by more than this share of its layer's greatest feature."""

MOST = 0.5
"""More than this share of units must show the whole reach."""

Features = dict[str, Tensor]

Units = Bool[Tensor, "#batch 1 rows columns"]
"""Which units of a layer are meant, in each image or in all."""

Pixels = Bool[Tensor, "#batch 1 height width"]


class Reach(NamedTuple):
    """Which pixels along one axis the first unit of a layer depends on, and how far units lie apart.

    Unit i depends on the pixels from first + pitch * i to last + pitch * i, of which those outside the image are
    padding.
    """

    pitch: int
    first: int
    last: int


@final
@dataclass(frozen=True)
class Layer:
    """A layer: its name, the shape of its features of one image, and its reach in the image.

    `reach` is None where features do not lie on a lattice of the image, as behind a spatial transformer.
    """

    name: str
    shape: tuple[int, ...]
    reach: Reach | None

    @property
    def lattice(self) -> Lattice | None:
        """Return where the units sit: in the middle of what they depend on."""
        if self.reach is None:
            return None
        pitch, first, last = self.reach
        height, width = self.shape[-2:]
        return Lattice(height, width, pitch=float(pitch), offset=(first + last) / 2)


@contextmanager
def observed(classifier: Classifier, names: Sequence[str]) -> Iterator[Features]:
    """Yield a dictionary that each forward pass fills with the layers' features, in the order of passing.

    `names` are modules, as paths; without any, the layers of KINDS and what the last linear layer is given. Of a
    layer that is passed several times the first counts. Empty the dictionary between passes. Raises ValueError for
    a name that is no module's.
    """
    features: Features = {}
    inputs: Features = {}
    with ExitStack() as hooks:
        for label, module in _chosen(classifier, names).items():
            hook = module.register_forward_hook(partial(_keep_output, features, label))
            hooks.callback(hook.remove)
        if not names:
            for path, module in classifier.named_modules():
                if isinstance(module, nn.Linear):
                    before = module.register_forward_pre_hook(partial(_keep_input, inputs, path))
                    hooks.callback(before.remove)
            after = classifier.register_forward_hook(partial(_keep_last, features, inputs))
            hooks.callback(after.remove)
        yield features


def find_layers(
    classifier: Classifier, names: Sequence[str], size: tuple[int, int, int], generator: torch.Generator
) -> tuple[Layer, ...]:
    """Return the layers of a network that looks at images of `size` (C, H, W), in the order of passing.

    Whatever the network's build, its lattices are found by experiment: rows of images of noise are replaced one at
    a time, then columns, and each layer is asked which of its units notice. Units must all fit one pitch and one
    reach, the same down and across.
    """
    device = next(classifier.parameters(), torch.empty(0)).device
    down: dict[str, Tensor] = {}
    across: dict[str, Tensor] = {}
    with observed(classifier, names) as features:
        classifier(torch.rand(2, *size, generator=generator).to(device))
        shapes = {name: tuple(kept.shape[1:]) for name, kept in features.items() if len(kept) == 2}
        for axis, noticed in ((-2, down), (-1, across)):
            for density in DENSITIES:
                image = torch.rand(1, *size, generator=generator)
                image *= torch.rand(1, *size, generator=generator) < density
                disturbed = _disturbed(image, axis, generator)
                features.clear()
                classifier(torch.cat((image, disturbed)).to(device))
                for name, kept in features.items():
                    if name in shapes and kept.ndim == 4:
                        now = _notices(kept, axis)
                        noticed[name] = noticed[name] | now if name in noticed else now
    return tuple(
        Layer(name, shape, _common(reach_of(down[name]), reach_of(across[name])) if name in down else None)
        for name, shape in shapes.items()
    )


def reach_of(noticed: Bool[Tensor, "units pixels"]) -> Reach | None:
    """Return the reach of a layer along one axis; noticed (units, pixels) says what each unit depends on.

    The pitch is the one under which the units' reaches lie most nearly over one another, and the reach holds them
    all: a dependence may go unnoticed where a trained unit is silent, but most units must show it whole. None
    where units depend on nothing, where fewer than two have an edge that the image's border does not cut, or where
    they do not fit.
    """
    units, pixels = noticed.shape
    if not noticed.any(dim=1).all():
        return None
    first = noticed.int().argmax(dim=1)
    last = pixels - 1 - noticed.flip(1).int().argmax(dim=1)
    begins, ends = (first > 0).nonzero()[:, 0], (last < pixels - 1).nonzero()[:, 0]
    if not len(begins) or not len(ends) or max(len(begins), len(ends)) < 2:
        return None

    def reach(pitch: int) -> Reach:
        low = (first[begins] - pitch * begins).amin()
        high = (last[ends] - pitch * ends).amax()
        return Reach(pitch, int(low), int(high))

    found = min((reach(pitch) for pitch in range(1, pixels)), key=lambda one: one.last - one.first)
    places = found.pitch * torch.arange(units, device=noticed.device)
    low, high = (found.first + places).clamp(min=0), (found.last + places).clamp(max=pixels - 1)
    holds = bool((low <= first).all() and (last <= high).all())
    shown = [
        (edge == bound)[uncut].double().mean() for edge, bound, uncut in ((first, low, begins), (last, high, ends))
    ]
    return found if holds and min(shown) > MOST else None


def inside(layer: Layer, image: Lattice) -> Units:
    """Return which units of a layer depend on pixels of the image alone, none on padding: bool (1, 1, H', W')."""
    return wholly(layer, torch.ones(1, 1, image.height, image.width, dtype=torch.bool))


def wholly(layer: Layer, pixels: Pixels) -> Units:
    """Return which units depend on pixels of the image alone that are all marked; pixels bool (B, 1, H, W)."""
    if layer.reach is None:
        raise ValueError(f"the layer {layer.name} has no lattice")
    pitch, first, last = layer.reach
    height, width = layer.shape[-2:]
    # Room for every unit's reach: negative padding cuts off what no unit depends on
    needs = [
        last + pitch * (units - 1) + 1 - side
        for units, side in zip((height, width), pixels.shape[-2:], strict=True)
    ]
    padded = nn.functional.pad(pixels.float(), (-first, needs[1], -first, needs[0]))
    least: Tensor = -nn.functional.max_pool2d(-padded, last - first + 1, stride=pitch)
    return least[..., :height, :width] > 0


def _chosen(classifier: Classifier, names: Sequence[str]) -> dict[str, nn.Module]:
    """Return the modules to be watched, by the name that their layer is given: its path and its kind."""
    modules = dict(classifier.named_modules())
    unknown = [name for name in names if name not in modules]
    if unknown:
        raise ValueError(f"the network has no layer {unknown[0]!r}; it has {', '.join(filter(None, modules))}")
    paths = names or [path for path, module in modules.items() if _kind(module)]
    return {f"{path} ({_kind(modules[path]) or 'layer'})": modules[path] for path in paths}


def _kind(module: nn.Module) -> str:
    return next((kind for kind, types in KINDS.items() if isinstance(module, types)), "")


def _keep_output(features: Features, label: str, module: nn.Module, given: Any, output: Any) -> None:  # noqa: ARG001
    if isinstance(output, Tensor):
        features.setdefault(label, output)


def _keep_input(inputs: Features, path: str, module: nn.Module, given: tuple[Any, ...]) -> None:  # noqa: ARG001
    if given and isinstance(given[0], Tensor):
        inputs.setdefault(path, given[0])


def _keep_last(features: Features, inputs: Features, module: nn.Module, given: Any, output: Any) -> None:  # noqa: ARG001
    if inputs:
        features[PENULTIMATE] = inputs[list(inputs)[-1]]
    inputs.clear()


def _disturbed(
    image: Float[Tensor, "1 channels height width"], axis: int, generator: torch.Generator
) -> Float[Tensor, "copies channels height width"]:
    """Return copies of an image (1, C, H, W), in each of which one row (axis -2) or column (-1) is other noise."""
    length = image.shape[axis]
    mask = torch.eye(length, dtype=torch.bool).reshape(length, 1, *((length, 1) if axis == -2 else (1, length)))
    other = torch.rand(image.shape, generator=generator)
    return torch.where(mask, other, image)


def _notices(kept: Float[Tensor, "copies channels rows columns"], axis: int) -> Bool[Tensor, "units pixels"]:
    """Return which row or column of units each disturbed copy changes, (units, pixels); kept (1 + pixels, ...)."""
    change = (kept[1:] - kept[:1]).abs() > LEAST_CHANGE * kept[:1].abs().amax()
    other = 2 if axis == -1 else 3
    return change.any(dim=1).any(dim=other - 1).T.cpu()


def _common(down: Reach | None, across: Reach | None) -> Reach | None:
    return down if down == across else None
