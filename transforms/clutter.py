"""Pieces of other objects that distract."""

from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

from runbench.transforms.base import Transform
from runbench.transforms.pixels import boxes
from runbench.transforms.shapes import Levels, Parameters

PATCH = 6
"""Side of a patch in pixels, as the distorted sets of Jaderberg et al. (2015) are described."""

PATCHES = 6


@final
@dataclass(frozen=True)
class Clutter(Transform):
    """Square patches, each cut from an object of its own, scattered over an image.

    The level is how many; a patch comes from inside its object's bounding box and lies anywhere.
    """

    identity: ClassVar[float | None] = None
    least: ClassVar[float] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 24), uniform over 0 to 1: each patch's row and column, from and to where."""
        return torch.rand(count, PATCHES * 4, generator=generator)

    def apply(
        self, images: Float[Tensor, f"batch {1 + PATCHES} height width"], levels: Levels, parameters: Parameters
    ) -> Float[Tensor, "batch 1 height width"]:
        """Return one image of the object and the others: the brightest pixel counts."""
        height, width = images.shape[-2:]
        first, size = (edge.unflatten(0, (-1, PATCHES)) for edge in boxes(images[:, 1:].flatten(0, 1)[:, None]))
        places = parameters.unflatten(1, (PATCHES, 2, 2))
        last = torch.tensor([height, width], device=images.device) - PATCH
        inside = first + (places[:, :, 0] * (size - PATCH + 1).clamp(min=1)).long()
        # An object smaller than a patch may lie so near the border that a patch from its corner would leave it
        cut = torch.minimum(inside, last)
        laid = (places[:, :, 1] * (last + 1)).long()
        patches = images[:, 1:].flatten(2).gather(2, _window(cut, width))
        shown = torch.arange(PATCHES, device=images.device) < levels.round()[:, None]
        scene = images[:, 0].flatten(1)
        cluttered = scene.scatter_reduce(
            1, _window(laid, width).flatten(1), (patches * shown[..., None]).flatten(1), "amax"
        )
        return cluttered.reshape(-1, 1, height, width)


def _window(
    corner: Integer[Tensor, "batch patches 2"], width: int
) -> Integer[Tensor, f"batch patches {PATCH**2}"]:
    """Return where the pixels of patches lie in flat images; corners are rows, then columns."""
    line = torch.arange(PATCH, device=corner.device)
    rows, columns = corner[..., :1] + line, corner[..., 1:] + line
    return (rows[..., :, None] * width + columns[..., None, :]).flatten(-2)
