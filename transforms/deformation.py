"""Deformations: dense coordinate changes without a matrix."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, final

import numpy as np
import torch
from jaxtyping import Float
from scipy.interpolate import RBFInterpolator
from torch import Generator, Tensor

from runbench.transforms.base import CoordinateChange
from runbench.transforms.lattice import Lattice
from runbench.transforms.shapes import Levels, Parameters, Places

CONTROLS = 4
"""Thin-plate splines have this many control points along each axis."""


@dataclass(frozen=True)
class Deformation(CoordinateChange, ABC):
    """A bending of images by a thin-plate spline through 4x4 points that are moved at random."""

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = 0.0

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return the points' moves, (count, 32), normally distributed."""
        return torch.randn(count, CONTROLS**2 * 2, generator=generator)

    @abstractmethod
    def displacement(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return how far from each unit its source lies, x then y, in pixels of `image`."""

    def sources(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return where the units of `lattice` come from."""
        return lattice.points(parameters.device) + self.displacement(levels, parameters, lattice, image)


@final
@dataclass(frozen=True)
class ThinPlate(Deformation):
    """A bending by a given distance.

    The level is the root mean square, over the pixels of the image, of the length of their displacement, in
    pixels.
    """

    def displacement(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return the spline's displacement, scaled to the level."""
        length = _spline(parameters, image, image).square().sum(dim=2).mean(dim=1).sqrt()
        return _spline(parameters, lattice, image) * (levels / length)[:, None, None]


@final
@dataclass(frozen=True)
class ThinPlateNoise(Deformation):
    """A bending whose distance is left to chance.

    The level is the standard deviation of the points' moves along each axis, in pixels.
    """

    def displacement(self, levels: Levels, parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
        """Return the spline's displacement."""
        return _spline(parameters, lattice, image) * levels[:, None, None]


def _spline(parameters: Parameters, lattice: Lattice, image: Lattice) -> Places:
    """Return the displacement of the units by the splines whose control points move by parameters.

    A spline is linear in the moves of its points, so one table of weights serves all images.
    """
    weights = torch.from_numpy(_weights(lattice, image)).to(parameters)
    moves: Tensor = parameters.unflatten(1, (-1, 2))
    return weights @ moves


@lru_cache(maxsize=32)
def _weights(lattice: Lattice, image: Lattice) -> Float[np.ndarray, f"units {CONTROLS**2}"]:
    """Return the weight of each control point's move in that of each unit (Bookstein 1989)."""
    x, y = (np.linspace(0, side - 1, CONTROLS) for side in (image.width, image.height))
    controls = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    spline = RBFInterpolator(controls, np.eye(len(controls)), kernel="thin_plate_spline")
    weights: np.ndarray = spline(lattice.points(torch.device("cpu")).numpy())
    return weights
