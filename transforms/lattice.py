"""Where the pixels of an image, or the units of a layer, sit."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor


@final
@dataclass(frozen=True)
class Lattice:
    """`height` x `width` units that sit at offset + pitch * index in pixels of the input, on both axes.

    An image is a lattice of pitch 1 and offset 0; a layer's pitch and offset follow from its strides, kernels and
    paddings.
    """

    height: int
    width: int
    pitch: float = 1.0
    offset: float = 0.0

    def points(self, device: torch.device) -> Float[Tensor, "units 2"]:
        """Return the places of the units, x then y, row by row, in pixels of the input."""
        rows = torch.arange(self.height, dtype=torch.float32, device=device)
        columns = torch.arange(self.width, dtype=torch.float32, device=device)
        grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
        return grid.reshape(-1, 2) * self.pitch + self.offset

    def units(self, points: Float[Tensor, "*some 2"]) -> Float[Tensor, "*some 2"]:
        """Return places in pixels of the input as positions among the units."""
        return (points - self.offset) / self.pitch
