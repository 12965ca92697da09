"""What every transformation is: one family at one level, and a table of draws."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from transforms.warping import support, warp


class LevelError(ValueError):
    """Say why a level makes no sense for a transform."""


@dataclass(frozen=True)
class Transform(ABC):
    """Change images in [0, 1] into images in [0, 1] by one family's change at one fixed level.

    What is random about the change comes from `draw`, once for a whole split; a level scales it, so an image
    moves along one path as the level grows. Raises LevelError for a level that is not a finite number.
    """

    level: float

    identity: ClassVar[float]
    """The level at which nothing changes."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.level):
            raise LevelError(f"{type(self).__name__}: level {self.level} is not a finite number")

    @abstractmethod
    def draw(self, count: int, generator: Generator) -> Tensor:
        """Return the unit draws (count, P) of `count` samples; they do not depend on the level."""

    @abstractmethod
    def apply(self, images: Tensor, levels: Tensor, draws: Tensor) -> Tensor:
        """Change images (B, N, H, W) by `levels`, (1,) for all alike or (B,) for each its own, and draws (B, P).

        Training uses this with levels drawn from a range; evaluation calls the transform itself.
        """

    def __call__(self, images: Tensor, draws: Tensor) -> Tensor:
        """Change images (B, N, H, W) at this transform's level with draws (B, P)."""
        if self.level == self.identity:
            return images
        return self.apply(images, images.new_tensor([self.level]), draws)


@dataclass(frozen=True)
class Geometric(Transform):
    """A change of coordinates: the same element acts on images and on smaller feature maps.

    A family supplies `matrix`; warping, its inverse and the support of valid pixels follow from it. Pixels that
    come from outside the image are black.
    """

    @abstractmethod
    def matrix(self, levels: Tensor, draws: Tensor, height: int, width: int) -> Tensor:
        """Return homogeneous matrices (1 or B, 3, 3), source to destination.

        Coordinates are pixels of a lattice of `height` x `width`: x to the right, y downwards, the centre of the
        first pixel at (0, 0).
        """

    def apply(self, images: Tensor, levels: Tensor, draws: Tensor) -> Tensor:
        """Warp images (B, N, H, W) bilinearly."""
        return warp(images, self.matrix(levels, draws, *images.shape[-2:]))

    def invert(self, images: Tensor, draws: Tensor) -> Tensor:
        """Undo the transform: warp images (B, N, H, W) by the inverse matrices."""
        levels = images.new_tensor([self.level])
        return warp(images, self.matrix(levels, draws, *images.shape[-2:]).inverse())

    def support(self, draws: Tensor, height: int, width: int) -> Tensor:
        """Return which destination pixels come wholly from inside the image: bool (1 or B, 1, H, W)."""
        levels = draws.new_tensor([self.level])
        return support(self.matrix(levels, draws, height, width), height, width)
