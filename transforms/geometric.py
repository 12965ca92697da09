"""Coordinate changes: each family supplies its 3x3 matrix."""

from dataclasses import dataclass
from typing import ClassVar, final

import torch
from torch import Generator, Tensor

from transforms.base import Geometric
from transforms.warping import about_centre


@final
@dataclass(frozen=True)
class Rotation(Geometric):
    """Turn images about their centre ((W-1)/2, (H-1)/2).

    The level is an angle in degrees; positive turns counter-clockwise on the screen. Nothing is drawn.
    """

    identity: ClassVar[float] = 0.0

    def draw(self, count: int, generator: Generator) -> Tensor:  # noqa: ARG002
        """Return an empty table (count, 0): the angle says all."""
        return torch.empty(count, 0)

    def matrix(self, levels: Tensor, draws: Tensor, height: int, width: int) -> Tensor:  # noqa: ARG002
        """Return rotation matrices (1 or B, 3, 3) in pixels."""
        angle = torch.deg2rad(levels.double())
        cosine, sine = angle.cos(), angle.sin()
        rows = torch.stack((cosine, sine, -sine, cosine), dim=1)
        return about_centre(rows.reshape(-1, 2, 2), height, width)
