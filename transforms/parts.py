"""Displacement of an image's parts, by whole pixels: tiles never meet, and no ink is lost.

Every grid is cut around the object's own bounding box. These protocols are our own.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

from runbench.transforms.base import Transform
from runbench.transforms.pixels import boxes, rearrange
from runbench.transforms.shapes import Attained, Corners, Images, Levels, Objects, Parameters

Rows = Integer[Tensor, "1 height 1"]
Columns = Integer[Tensor, "1 1 width"]
Origins = Integer[Tensor, "#batch #height #width"]

MOST_TILES = 9


@dataclass(frozen=True)
class Parts(Transform, ABC):
    """A displacement of an object's parts; a family says where each pixel comes from."""

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = 0.0

    @abstractmethod
    def origins(
        self, levels: Levels, parameters: Parameters, first: Corners, size: Corners, lattice: tuple[Rows, Columns]
    ) -> tuple[Origins, Origins]:
        """Return the row and the column that each pixel comes from; -1 for none.

        The objects' boxes begin at `first` and have `size`; `lattice` holds the pixels' own rows and columns.
        """

    def apply(self, images: Objects, levels: Levels, parameters: Parameters) -> Images:
        """Move the parts of images."""
        rows = torch.arange(images.shape[2], device=images.device)[None, :, None]
        columns = torch.arange(images.shape[3], device=images.device)[None, None]
        origins = self.origins(levels, parameters, *boxes(images), (rows, columns))
        return rearrange(images, *torch.broadcast_tensors(*origins))


@final
@dataclass(frozen=True)
class Apart(Parts):
    """The tiles of a 2x2 or 3x3 grid, moved away from the centre.

    The level is in pixels, rounded to whole ones: how far a tile moves along each axis on which it lies beside the
    centre.
    """

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return tiles along an axis (count, 1): 2 or 3."""
        return _sample_grids(count, generator)

    def origins(
        self, levels: Levels, parameters: Parameters, first: Corners, size: Corners, lattice: tuple[Rows, Columns]
    ) -> tuple[Origins, Origins]:
        """Return rows and columns on their own: a tile's row decides how its pixels move up or down."""
        distance = levels.round().long()[:, None, None]
        tile = torch.where(parameters == 2, (size + 1) // 2, (size + 1) // 3)
        before = (first + tile)[:, :, None, None]
        behind = torch.where(parameters == 2, first + tile, first + size - tile)[:, :, None, None]
        rows, columns = (
            _spread(place, before[:, axis], behind[:, axis], distance) for axis, place in enumerate(lattice)
        )
        return rows, columns


@final
@dataclass(frozen=True)
class Halves(Parts):
    """Two halves of the object that slide along their cut, in opposite directions.

    The level is in pixels, rounded to whole ones: how far one half moves against the other; each takes half of it.
    """

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 2): 1 for a cut from left to right, 0 for one down; the direction, 1 or -1.

        With a direction of 1 the lower half slides to the right against the upper, or the right half down.
        """
        coins = torch.randint(2, (count, 2), generator=generator)
        return (coins * torch.tensor([1, 2]) - torch.tensor([0, 1])).float()

    def origins(
        self, levels: Levels, parameters: Parameters, first: Corners, size: Corners, lattice: tuple[Rows, Columns]
    ) -> tuple[Origins, Origins]:
        """Return the rows or the columns moved, by whether a pixel lies before the cut or behind it."""
        rows, columns = lattice
        slide = levels.round().long()
        direction = parameters[:, 1].long()
        middle = first + (size + 1) // 2
        moves = (-direction * (slide // 2))[:, None, None], (direction * (slide - slide // 2))[:, None, None]
        flat = parameters[:, 0].bool()[:, None, None]
        upper, left = rows < middle[:, 0, None, None], columns < middle[:, 1, None, None]
        to_the_side = torch.where(flat, torch.where(upper, *moves), 0)
        down = torch.where(flat, 0, torch.where(left, *moves))
        return rows - down, columns - to_the_side


@final
@dataclass(frozen=True)
class Exchange(Parts):
    """The tiles of a 2x2 or 3x3 grid, some of which change places in one cycle.

    The level is the share of the tiles that do, brought to the nearest number of tiles; one alone cannot, so two
    do. The box grows until the tiles are of one size.
    """

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 10): tiles along an axis, 2 or 3, and a number per tile that orders them."""
        return torch.cat(
            (_sample_grids(count, generator), torch.rand(count, MOST_TILES, generator=generator)), dim=1
        )

    def attained(self, images: Objects, parameters: Parameters) -> Attained:
        """Return the share of the tiles that change places."""
        return self._exchanged(images.new_tensor([self.level]), parameters) / parameters[:, 0].square()

    def origins(
        self, levels: Levels, parameters: Parameters, first: Corners, size: Corners, lattice: tuple[Rows, Columns]
    ) -> tuple[Origins, Origins]:
        """Return where the pixels of each tile come from: the same place of another tile."""
        side = torch.tensor([place.numel() for place in lattice], device=first.device)
        grid = parameters[:, :1].long()
        tile = (size + grid - 1) // grid
        begin = torch.minimum((first - (tile * grid - size) // 2).clamp(min=0), side - tile * grid)
        numbers = [
            (place - begin[:, axis, None, None]).div(tile[:, axis, None, None], rounding_mode="floor")
            for axis, place in enumerate(lattice)
        ]
        across = grid[:, :, None]
        inside = torch.stack(torch.broadcast_tensors(*((n >= 0) & (n < across) for n in numbers))).all(dim=0)
        number = torch.where(inside, numbers[0] * across + numbers[1], 0)
        source = self._cycle(levels, parameters).gather(1, number.flatten(1)).reshape(number.shape)
        there = source // across, source % across
        rows, columns = (
            torch.where(inside, place + (new - old) * tile[:, axis, None, None], place)
            for axis, (place, new, old) in enumerate(zip(lattice, there, numbers, strict=True))
        )
        return rows, columns

    def _exchanged(self, levels: Levels, parameters: Parameters) -> Attained:
        """Return how many tiles change places."""
        count = (levels * parameters[:, 0].square()).round()
        return torch.where(count == 1, 2, count)

    def _cycle(self, levels: Levels, parameters: Parameters) -> Integer[Tensor, f"batch {MOST_TILES}"]:
        """Return the tile that comes to the place of each tile."""
        place = torch.arange(MOST_TILES, device=parameters.device)
        rank = torch.where(place < parameters[:, :1].square(), parameters[:, 1:], torch.inf)
        order = rank.argsort(dim=1, stable=True)
        exchanged = self._exchanged(levels, parameters).long()[:, None]
        following = torch.where(place < exchanged, (place + 1) % exchanged.clamp(min=1), place)
        return torch.empty_like(order).scatter(1, order, order.gather(1, following))


def _sample_grids(count: int, generator: Generator) -> Float[Tensor, "{count} 1"]:
    return torch.randint(2, 4, (count, 1), generator=generator).float()


def _spread(place: Origins, before: Origins, behind: Origins, distance: Origins) -> Origins:
    """Return where pixels at `place` come from: what lies before moves back, what lies behind moves on."""
    stays = torch.where((place >= before) & (place < behind), place, -1)
    back = torch.where(place + distance < before, place + distance, stays)
    return torch.where(place - distance >= behind, place - distance, back)
