"""What every transformation is: one family at one level, and a table of parameters."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Bool
from torch import Generator, Tensor

from runbench.transforms.lattice import Lattice
from runbench.transforms.shapes import Attained, Images, Levels, Maps, Matrices, Objects, Parameters, Places, Poses
from runbench.transforms.warping import invert, move, smooth, warp


@final
class LevelError(ValueError):
    """The reason why a level makes no sense for a transform."""


@dataclass(frozen=True)
class Transform(ABC):
    """A change of images in [0, 1] into images in [0, 1]: one family's, at one fixed level.

    What is random about the change are its parameters, sampled once for a whole split; a level scales them, so
    an image moves along one path as the level grows. Raises LevelError for a level that is not a finite number
    or below `least`.
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

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:  # noqa: ARG002
        """Return the unit parameters of `count` images, which do not depend on the level; for most none."""
        return torch.empty(count, 0)

    @abstractmethod
    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:
        """Change images by `levels`, one for all alike or each its own, with parameters.

        Training uses this with levels sampled from a range; evaluation calls the transform itself.
        """

    def __call__(self, images: Objects, parameters: Parameters) -> Images:
        """Change images at this transform's level with parameters."""
        if self.level == self.identity:
            return images
        return self.apply(images, images.new_tensor([self.level]), parameters)

    def pose(self, parameters: Parameters) -> Poses:
        """Return the numbers that describe each image's change: for most the level alone."""
        return parameters.new_full((len(parameters), 1), self.level)

    def attained(self, images: Objects, parameters: Parameters) -> Attained | None:  # noqa: ARG002
        """Return the level that each image attains; None where it is met exactly."""
        return None


@dataclass(frozen=True)
class CoordinateChange(Transform, ABC):
    """A move of pixels, which acts on images and on smaller feature maps alike.

    A family says where each place comes from; warping and the support of valid pixels follow from it. Pixels that
    come from outside the image are black.
    """

    @abstractmethod
    def sources(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return where the units of `lattice` come from, in pixels of `image`.

        x points to the right, y downwards; the centre of the first pixel is (0, 0).
        """

    def smoothing(self, levels: Levels, parameters: Parameters) -> Levels | None:  # noqa: ARG002
        """Return by how many pixels images are smoothed before they are sampled; None for not at all."""
        return None

    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:
        """Warp images bilinearly, smoothed before where they shrink."""
        pixels = Lattice(*images.shape[-2:])
        sigma = self.smoothing(levels, parameters)
        smoothed = images if sigma is None else smooth(images, sigma)
        return warp(smoothed, self.sources(levels, parameters, pixels, pixels)).clamp(0, 1)

    def act(self, features: Maps, parameters: Parameters, lattice: Lattice, image: Lattice) -> Maps:
        """Move feature maps whose units sit on `lattice` as the images on `image` are moved.

        This is S^-1 T S, with S from units to pixels: where images are smoothed before they are sampled, so are
        features, by as much in units. Features may be negative.
        """
        levels = features.new_tensor([self.level])
        sigma = self.smoothing(levels, parameters)
        smoothed = features if sigma is None else smooth(features, sigma / lattice.pitch)
        return warp(smoothed, lattice.units(self.sources(levels, parameters, lattice, image)))

    def support(
        self, parameters: Parameters, lattice: Lattice, image: Lattice
    ) -> Bool[Tensor, "#batch 1 height width"]:
        """Return which units of `lattice` come wholly from inside it."""
        sources = lattice.units(self.sources(parameters.new_tensor([self.level]), parameters, lattice, image))
        inside = sources.new_ones(len(sources), 1, lattice.height, lattice.width)
        return warp(inside, sources) > 1 - 1e-4


@dataclass(frozen=True)
class Geometric(CoordinateChange, ABC):
    """A coordinate change with a matrix; its inverse follows too."""

    @abstractmethod
    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:
        """Return homogeneous matrices, source to destination, in pixels of `image`."""

    def sources(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return where the units of `lattice` come from: the inverse matrix applied to their places."""
        matrix = self.matrix(levels, parameters, image)
        return move(lattice.points(matrix.device), invert(matrix))

    def act_back(self, features: Maps, parameters: Parameters, lattice: Lattice, image: Lattice) -> Maps:
        """Move feature maps whose units sit on `lattice` as images on `image` are moved back."""
        matrix = self.matrix(features.new_tensor([self.level]), parameters, image)
        return warp(features, lattice.units(move(lattice.points(matrix.device), matrix)))

    def invert(self, images: Images, parameters: Parameters) -> Images:
        """Undo the transform: warp images by the inverse matrices."""
        pixels = Lattice(*images.shape[-2:])
        matrix = self.matrix(images.new_tensor([self.level]), parameters, pixels)
        return warp(images, move(pixels.points(matrix.device), matrix)).clamp(0, 1)
