"""Coordinate changes with a matrix: each family supplies its own."""

import math
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float
from kornia.geometry.transform import get_perspective_transform
from torch import Generator, Tensor

from runbench.transforms.base import Geometric, LevelError
from runbench.transforms.lattice import Lattice
from runbench.transforms.shapes import Levels, Matrices, Parameters, Poses
from runbench.transforms.warping import about_centre

Linear = Float[Tensor, "#batch 2 2"]

DIRECTIONS = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
"""Eight directions, x then y, counter-clockwise from the right."""


@final
@dataclass(frozen=True)
class Rotation(Geometric):
    """A rotation of images about their centre ((W-1)/2, (H-1)/2).

    The level is an angle in degrees; positive turns counter-clockwise on the screen.
    """

    identity: ClassVar[float | None] = 0.0

    def pose(self, parameters: Parameters) -> Poses:
        """Return cosine and sine of the angle (B, 2)."""
        angle = math.radians(self.level)
        return parameters.new_tensor([[math.cos(angle), math.sin(angle)]]).expand(len(parameters), 2)

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:  # noqa: ARG002
        """Return rotation matrices."""
        return about_centre(_turn(torch.deg2rad(levels.double())), image.height, image.width)


@final
@dataclass(frozen=True)
class Translation(Geometric):
    """A translation of images in one of eight directions.

    The level is in pixels along each axis on which the direction moves: a diagonal moves along both, so whole
    levels are whole pixels in every direction.
    """

    identity: ClassVar[float | None] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return directions (count, 2), x then y, each -1, 0 or 1."""
        return torch.tensor(DIRECTIONS, dtype=torch.float32)[torch.randint(8, (count,), generator=generator)]

    def pose(self, parameters: Parameters) -> Poses:
        """Return the displacement (B, 2) in pixels, x then y."""
        return parameters * self.level

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:  # noqa: ARG002
        """Return translation matrices."""
        matrix = torch.eye(3, dtype=torch.float64, device=parameters.device).repeat(len(parameters), 1, 1)
        matrix[:, :2, 2] = parameters * levels[:, None]
        return matrix


@final
@dataclass(frozen=True)
class Scaling(Geometric):
    """A change of size of images about their centre ((W-1)/2, (H-1)/2).

    The level is a factor: below 1 shrinks, with images smoothed before against aliasing. Raises
    LevelError for a factor that is not above 0.
    """

    identity: ClassVar[float | None] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.level <= 0:
            raise LevelError(f"Scaling: factor {self.level} is not above 0")

    def smoothing(self, levels: Levels, parameters: Parameters) -> Levels:  # noqa: ARG002
        """Return the standard deviation that keeps shrinking from aliasing."""
        return _sigma_of(levels)

    def pose(self, parameters: Parameters) -> Poses:
        """Return the logarithm of the factor (B, 1)."""
        return parameters.new_full((len(parameters), 1), math.log(self.level))

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:  # noqa: ARG002
        """Return scaling matrices."""
        return about_centre(torch.diag_embed(levels.double()[:, None].expand(-1, 2)), image.height, image.width)


@final
@dataclass(frozen=True)
class Shear(Geometric):
    """A slant of images about their centre row.

    The level is in pixels to the side per pixel of height. With a parameter of 1 the upper half moves to the
    right, as in italics, with -1 to the left.
    """

    identity: ClassVar[float | None] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return signs (count, 1)."""
        return torch.randint(2, (count, 1), generator=generator) * 2.0 - 1.0

    def pose(self, parameters: Parameters) -> Poses:
        """Return the signed factor (B, 1)."""
        return parameters * self.level

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:
        """Return shear matrices."""
        return about_centre(_slant(parameters[:, 0].double() * levels), image.height, image.width)


@final
@dataclass(frozen=True)
class Projective(Geometric):
    """A move of the four corners of images, each in a direction of its own; lines stay straight.

    The level is in pixels.
    """

    identity: ClassVar[float | None] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return the corners' directions (count, 8), cosine and sine for each corner."""
        angles = torch.rand(count, 4, generator=generator) * 2 * math.pi
        return torch.stack((angles.cos(), angles.sin()), dim=-1).flatten(1)

    def pose(self, parameters: Parameters) -> Poses:
        """Return the corners' moves (B, 8) in pixels."""
        return parameters * self.level

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:
        """Return homographies."""
        return _homography(parameters.double().unflatten(1, (4, 2)) * levels[:, None, None], image)


@final
@dataclass(frozen=True)
class RandomAffine(Geometric):
    """A turn, slant, change of size and shift of images at once, each by a parameter of its own.

    The level is a strength: at 1 the angle is uniform over -rotation to rotation (degrees), the shear factor over
    -shear to shear, the factor over `scale`, the shift along each axis over -shift to shift (pixels); other
    strengths scale each departure from the identity. Images are smoothed before they shrink.
    """

    rotation: float = 0.0
    shear: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    shift: float = 0.0

    identity: ClassVar[float | None] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 5), uniform over -1 to 1: angle, shear, scale, shift along x and y."""
        return torch.rand(count, 5, generator=generator) * 2 - 1

    def smoothing(self, levels: Levels, parameters: Parameters) -> Levels:
        """Return the standard deviation that keeps shrinking from aliasing."""
        return _sigma_of(_factor(self.scale, levels, parameters[:, 2]))

    def pose(self, parameters: Parameters) -> Poses:
        """Return the departures from the identity, (B, 5), scaled by the strength."""
        return parameters * self.level

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:
        """Return affine matrices."""
        angle, shear, _, *shift = (parameters.double() * levels[:, None]).unbind(dim=1)
        factor = _factor(self.scale, levels, parameters[:, 2]).double()
        linear = _turn(torch.deg2rad(angle * self.rotation)) @ _slant(shear * self.shear)
        matrix = about_centre(linear * factor[:, None, None], image.height, image.width)
        matrix[:, :2, 2] += torch.stack(shift, dim=1) * self.shift
        return matrix


@final
@dataclass(frozen=True)
class RandomProjective(Geometric):
    """A change of size of images about their centre, and a move of their corners by a normal distribution.

    The level is a strength: at 1 the factor is uniform over `scale` and each coordinate of each corner moves by a
    standard deviation of `corners` of the image's side. The few that would fold an image over are halved.
    """

    corners: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)

    identity: ClassVar[float | None] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 9): normal ones for the corners' x and y, one over -1 to 1 for the factor."""
        moves = torch.randn(count, 4, 2, generator=generator)
        factor = torch.rand(count, 1, generator=generator) * 2 - 1
        square = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        sides = (square + moves * self.corners).roll(-1, dims=1) - (square + moves * self.corners)
        following = sides.roll(-1, dims=1)
        turning = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
        convex = (turning > 0.1).all(dim=1)
        return torch.cat((torch.where(convex[:, None], moves.flatten(1), moves.flatten(1) / 2), factor), dim=1)

    def smoothing(self, levels: Levels, parameters: Parameters) -> Levels:
        """Return the standard deviation that keeps shrinking from aliasing."""
        return _sigma_of(_factor(self.scale, levels, parameters[:, 8]))

    def pose(self, parameters: Parameters) -> Poses:
        """Return the moves and the factor, (B, 9), scaled by the strength."""
        return parameters * self.level

    def matrix(self, levels: Levels, parameters: Parameters, image: Lattice) -> Matrices:
        """Return homographies: the factor first, then the corners."""
        side = parameters.new_tensor([image.width, image.height], dtype=torch.float64)
        moves = parameters[:, :8].double().unflatten(1, (4, 2)) * levels[:, None, None] * self.corners * side
        factor = _factor(self.scale, levels, parameters[:, 8]).double()
        scaling = about_centre(torch.diag_embed(factor[:, None].expand(-1, 2)), image.height, image.width)
        return _homography(moves, image) @ scaling


def _turn(angle: Levels) -> Linear:
    """Return rotations by angles in radians, counter-clockwise on the screen."""
    cosine, sine = angle.cos(), angle.sin()
    return torch.stack((cosine, sine, -sine, cosine), dim=1).reshape(-1, 2, 2)


def _slant(factor: Levels) -> Linear:
    """Return shears: what is above the centre moves to the right for positive factors."""
    one, zero = torch.ones_like(factor), torch.zeros_like(factor)
    return torch.stack((one, -factor, zero, one), dim=1).reshape(-1, 2, 2)


def _factor(bounds: tuple[float, float], levels: Levels, parameters: Levels) -> Levels:
    """Return factors, uniform over `bounds` at strength 1, for parameters over -1 to 1."""
    low, high = bounds
    return 1 + levels * (low + (parameters + 1) / 2 * (high - low) - 1)


def _sigma_of(factor: Levels) -> Levels:
    """Return the Gaussian, in pixels, that images are smoothed by before they shrink by a factor.

    (1 / factor - 1) / 2, as scikit-image's rescale takes it; 0 where images grow.
    """
    return ((1 / factor - 1) / 2).clamp(min=0)


def _homography(moves: Float[Tensor, "batch 4 2"], image: Lattice) -> Matrices:
    """Return the homographies that move the corners of an image by moves, x then y, in pixels.

    The corners go from the first pixel clockwise.
    """
    right, bottom = image.width - 1.0, image.height - 1.0
    corners = moves.new_tensor([[0.0, 0.0], [right, 0.0], [right, bottom], [0.0, bottom]]).expand(len(moves), 4, 2)
    homography: Tensor = get_perspective_transform(corners, corners + moves)
    return homography
