"""What every transformation is: one family at one level, and a table of parameters."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from runbench.transforms.lattice import Lattice
from runbench.transforms.warping import invert, move, smooth, warp


class LevelError(ValueError):
    """Say why a level makes no sense for a transform."""


@dataclass(frozen=True)
class Transform(ABC):
    """Change images in [0, 1] into images in [0, 1] by one family's change at one fixed level.

    What is random about the change comes from `draw`, once for a whole split; a level scales it, so an image
    moves along one path as the level grows. Raises LevelError for a level that is not a finite number or
    below `least`.
    """

    level: float

    identity: ClassVar[float | None]
    """The level at which nothing changes; None where several images make one, which always changes them."""

    least: ClassVar[float] = -math.inf
    """No lower level makes sense."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.level):
            raise LevelError(f"{type(self).__name__}: level {self.level} is not a finite number")
        if self.level < self.least:
            raise LevelError(f"{type(self).__name__}: level {self.level} is below {self.least}")

    @abstractmethod
    def draw(self, count: int, generator: Generator) -> Tensor:
        """Return the unit parameters (count, P) of `count` samples; they do not depend on the level."""

    @abstractmethod
    def apply(self, images: Tensor, levels: Tensor, parameters: Tensor) -> Tensor:
        """Change images (B, N, H, W) by `levels`, (1,) for all alike or (B,) for each its own, with parameters.

        Training uses this with levels drawn from a range; evaluation calls the transform itself.
        """

    def __call__(self, images: Tensor, parameters: Tensor) -> Tensor:
        """Change images (B, N, H, W) at this transform's level with parameters (B, P)."""
        if self.level == self.identity:
            return images
        return self.apply(images, images.new_tensor([self.level]), parameters)

    def pose(self, parameters: Tensor) -> Tensor:
        """Return the parameters (B, P) of each image's change, of its own (B, ...): for most the level alone."""
        return parameters.new_full((len(parameters), 1), self.level)

    def attained(self, images: Tensor, parameters: Tensor) -> Tensor | None:  # noqa: ARG002
        """Return the level that each image attains, (B,); None where it is met exactly."""
        return None


@dataclass(frozen=True)
class CoordinateChange(Transform):
    """Move pixels: the same element acts on images and on smaller feature maps.

    A family says where each place comes from; warping and the support of valid pixels follow from it. Pixels that
    come from outside the image are black.
    """

    @abstractmethod
    def sources(self, levels: Tensor, parameters: Tensor, lattice: Lattice, image: Lattice) -> Tensor:
        """Return where the units of `lattice` come from, (1 or B, units, 2), in pixels of `image`, x then y.

        x points to the right, y downwards; the centre of the first pixel is (0, 0).
        """

    def smoothing(self, levels: Tensor, parameters: Tensor) -> Tensor | None:  # noqa: ARG002
        """Return by how many pixels (1 or B,) images are smoothed before they are sampled; None for not at all."""
        return None

    def apply(self, images: Tensor, levels: Tensor, parameters: Tensor) -> Tensor:
        """Warp images (B, N, H, W) bilinearly, smoothed before where they shrink."""
        pixels = Lattice(*images.shape[-2:])
        sigma = self.smoothing(levels, parameters)
        smoothed = images if sigma is None else smooth(images, sigma)
        return warp(smoothed, self.sources(levels, parameters, pixels, pixels)).clamp(0, 1)

    def act(self, features: Tensor, parameters: Tensor, lattice: Lattice, image: Lattice) -> Tensor:
        """Move feature maps (B, C, H', W') whose units sit on `lattice` as the images on `image` are moved.

        This is S^-1 T S, with S from units to pixels: where images are smoothed before they are sampled, so are
        features, by as much in units. Features may be negative.
        """
        levels = features.new_tensor([self.level])
        sigma = self.smoothing(levels, parameters)
        smoothed = features if sigma is None else smooth(features, sigma / lattice.pitch)
        return warp(smoothed, lattice.units(self.sources(levels, parameters, lattice, image)))

    def support(self, parameters: Tensor, lattice: Lattice, image: Lattice) -> Tensor:
        """Return which units of `lattice` come wholly from inside it: bool (1 or B, 1, H', W')."""
        sources = lattice.units(self.sources(parameters.new_tensor([self.level]), parameters, lattice, image))
        inside = sources.new_ones(len(sources), 1, lattice.height, lattice.width)
        return warp(inside, sources) > 1 - 1e-4


@dataclass(frozen=True)
class Geometric(CoordinateChange):
    """A coordinate change with a matrix; its inverse follows too."""

    @abstractmethod
    def matrix(self, levels: Tensor, parameters: Tensor, image: Lattice) -> Tensor:
        """Return homogeneous matrices (1 or B, 3, 3), source to destination, in pixels of `image`."""

    def sources(self, levels: Tensor, parameters: Tensor, lattice: Lattice, image: Lattice) -> Tensor:
        """Return where the units of `lattice` come from: the inverse matrix applied to their places."""
        matrix = self.matrix(levels, parameters, image)
        return move(lattice.points(matrix.device), invert(matrix))

    def act_back(self, features: Tensor, parameters: Tensor, lattice: Lattice, image: Lattice) -> Tensor:
        """Move feature maps (B, C, H', W') whose units sit on `lattice` as images on `image` are moved back."""
        matrix = self.matrix(features.new_tensor([self.level]), parameters, image)
        return warp(features, lattice.units(move(lattice.points(matrix.device), matrix)))

    def invert(self, images: Tensor, parameters: Tensor) -> Tensor:
        """Undo the transform: warp images (B, N, H, W) by the inverse matrices."""
        pixels = Lattice(*images.shape[-2:])
        matrix = self.matrix(images.new_tensor([self.level]), parameters, pixels)
        return warp(images, move(pixels.points(matrix.device), matrix)).clamp(0, 1)
