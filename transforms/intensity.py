"""Changes that move no pixel: controls that tell robustness to everything from robustness to geometry."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, final

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from runbench.transforms.base import Transform
from runbench.transforms.shapes import Images, Levels, Objects, Parameters
from runbench.transforms.warping import smooth

TEXTURE = 1024
"""Side of the texture of noise that images read theirs from."""

CHANNEL_STRIDE = 341
"""How many rows further each channel reads."""


@final
@dataclass(frozen=True)
class Noise(Transform):
    """Gaussian noise, added and cut to [0, 1].

    The level is its standard deviation. An image's noise is a window of one fixed texture, at a place sampled
    for it, so it is one pattern that grows with the level.
    """

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return the windows' first row and column, (count, 2)."""
        return torch.randint(TEXTURE, (count, 2), generator=generator).float()

    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:
        """Add each image's noise to images."""
        channels, height, width = (torch.arange(size, device=images.device) for size in images.shape[1:])
        top, left = (place[:, None, None, None] for place in parameters.long().unbind(dim=1))
        rows = (top + channels[:, None, None] * CHANNEL_STRIDE + height[:, None]) % TEXTURE
        columns = (left + width) % TEXTURE
        return (images + levels[:, None, None, None] * _texture().to(images)[rows, columns]).clamp(0, 1)


@final
@dataclass(frozen=True)
class Blur(Transform):
    """Smoothing by a Gaussian.

    The level is its standard deviation in pixels.
    """

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = 0.0

    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:  # noqa: ARG002
        """Smooth images."""
        return smooth(images, levels).clamp(0, 1)


@final
@dataclass(frozen=True)
class ContrastLoss(Transform):
    """A loss of contrast: all pixels come nearer to their image's mean.

    The level is the share of the distance that is lost.
    """

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = 0.0

    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:  # noqa: ARG002
        """Fade images."""
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return torch.lerp(images, mean, levels[:, None, None, None]).clamp(0, 1)


@lru_cache(maxsize=1)
def _texture() -> Float[Tensor, f"{TEXTURE} {TEXTURE}"]:
    """Return standard normal noise, always the same."""
    return torch.randn(TEXTURE, TEXTURE, generator=torch.Generator().manual_seed(0))
