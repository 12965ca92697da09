"""What keeps a spatial transformer from an empty crop, and what tells that one has collapsed."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from runbench.models.shapes import Affine, Grid, Moves, PerImage

LEAST_SHARE = 0.03
"""A crop of which less than this share lies within the image has collapsed."""

LEAST_AREA = 0.03
"""A crop that covers less than this share of the image's area has collapsed."""

SMALLEST = 1e-12
"""Added under square roots of which the gradient is asked at zero."""


class Guard(ABC):
    """Bounds of what a localisation network may ask for; the identity stays the identity, to first order too."""

    @abstractmethod
    def affine(self, matrix: Affine) -> Affine:
        """Return affine matrices, bounded."""

    @abstractmethod
    def bending(self, moves: Moves) -> Moves:
        """Return the moves of control points beyond the affine, bounded."""


@final
@dataclass(frozen=True)
class Unguarded(Guard):
    """No bounds, as in the paper."""

    def affine(self, matrix: Affine) -> Affine:
        """Return `matrix`."""
        return matrix

    def bending(self, moves: Moves) -> Moves:
        """Return `moves`."""
        return moves


@final
@dataclass(frozen=True)
class CropGuard(Guard):
    """Smooth bounds of the crop's size, shape and centre, so that the gradient never ends.

    The linear part is the sum of a rotation times a zoom and of a stretch (a reflection times a factor); its
    singular values are those factors' sum and difference. The zoom stays between 1 / `zoom` and `zoom`, the
    stretch under the share `stretch` of it, so the determinant stays above (1 - stretch ** 2) / zoom ** 2.
    Rotation is free. Each coordinate of the centre stays within `reach` of the image's centre, 1 being the edge.
    `bend` bounds the root mean square of the control points' moves. The one gap is a zoom of 0 to within 1e-6,
    which no direction leads out of.
    """

    zoom: float = 3.0
    stretch: float = 0.5
    reach: float = 1.0
    bend: float = 0.5

    def affine(self, matrix: Affine) -> Affine:
        """Return affine matrices whose crop is neither empty nor boundless."""
        a, b, x, c, d, y = matrix.flatten(1).unbind(dim=1)
        turn = torch.stack([a + d, c - b], dim=1) / 2
        stretch = torch.stack([a - d, b + c], dim=1) / 2
        size = (turn.square().sum(dim=1, keepdim=True) + SMALLEST).sqrt()
        limit = math.log(self.zoom)
        zoom = (limit * (size.log() / limit).tanh()).exp()
        stretch = stretch / size
        stretch = stretch / (1 + stretch.square().sum(dim=1, keepdim=True) / self.stretch**2).sqrt()
        p, q = (turn / size * zoom).unbind(dim=1)
        r, s = (stretch * zoom).unbind(dim=1)
        x, y = bounded(x, self.reach), bounded(y, self.reach)
        return torch.stack([p + r, s - q, x, s + q, p - r, y], dim=1).reshape(-1, 2, 3)

    def bending(self, moves: Moves) -> Moves:
        """Return the moves, an image's by one factor, so that they stay free of the affine."""
        return moves / (1 + moves.square().sum(dim=2).mean(dim=1)[:, None, None] / self.bend**2).sqrt()


UNGUARDED = Unguarded()
GUARDS: Mapping[str, Guard] = MappingProxyType({"none": UNGUARDED, "crop": CropGuard()})


def bounded(values: Float[Tensor, "*some"], bound: float) -> Float[Tensor, "*some"]:
    """Return `values` drawn smoothly into (-bound, bound); near zero they stay as they are."""
    return values / (1 + (values / bound).square()).sqrt()


def collapsed(
    grid: Grid, least_share: float = LEAST_SHARE, least_area: float = LEAST_AREA
) -> Bool[Tensor, " batch"]:
    """Say for each sampling grid whether its crop has collapsed.

    It has where less than `least_share` of the grid lies within the image, or where it covers less than the share
    `least_area` of the image's area (a thin line covers none). A grid that is not finite has collapsed.
    """
    inside = (grid.abs() <= 1).all(dim=3).float().mean(dim=(1, 2))
    return ~((inside >= least_share) & (crop_area(grid) >= least_area))


def crop_area(grid: Grid) -> PerImage:
    """Return the area of sampling grids as a share of the image's.

    It is read from the covariance of the points, beside that of the identity's grid; of an affine grid it is the
    absolute determinant. Grids have two rows and two columns at least.
    """
    height, width = grid.shape[1:3]
    points = grid.double().flatten(1, 2)
    x, y = (points - points.mean(dim=1, keepdim=True)).unbind(dim=2)
    determinant = x.square().mean(dim=1) * y.square().mean(dim=1) - (x * y).mean(dim=1).square()
    still = (1 - height**-2) * (1 - width**-2) / 9
    return (determinant.clamp(min=0) / still).sqrt()
