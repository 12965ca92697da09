"""Two objects laid over each other."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

from runbench.transforms.base import Transform
from runbench.transforms.pixels import boxes, shift
from runbench.transforms.shapes import Attained, Corners, Levels, Parameters

Two = Float[Tensor, "batch 2 height width"]
One = Float[Tensor, "batch 1 height width"]

STEP = 0.25
"""How far apart the distances lie, in pixels, among which the one is sought that gives a share of overlap."""


@dataclass(frozen=True)
class Composite(Transform, ABC):
    """Two objects merged on one black canvas."""

    identity: ClassVar[float | None] = None
    least: ClassVar[float] = 0.0

    @abstractmethod
    def lay(self, images: Two, levels: Levels, parameters: Parameters) -> Two:
        """Return each of two objects where it lies in the image."""

    def apply(self, images: Two, levels: Levels, parameters: Parameters) -> One:
        """Return one image of two objects: min(a + b, 1)."""
        first, second = self.lay(images, levels, parameters).split(1, dim=1)
        merged: Tensor = (first + second).clamp(max=1)
        return merged


@final
@dataclass(frozen=True)
class Overlap(Composite):
    """Two objects, the second laid over the first in a random direction, both centred together on the canvas.

    The level is the share of the smaller bounding box that the other covers; at 0 the boxes touch. Objects are
    moved by whole pixels, so the nearest share that these can meet is attained; a tall and a wide box cannot cover
    each other wholly.
    """

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return directions (count, 2) from the first object to the second: cosine and sine, y upwards."""
        angle = torch.rand(count, generator=generator) * 2 * torch.pi
        return torch.stack((angle.cos(), angle.sin()), dim=1)

    def lay(self, images: Two, levels: Levels, parameters: Parameters) -> Two:
        """Return each of two objects where it lies in the image."""
        (first, size), (second, other) = boxes(images[:, :1]), boxes(images[:, 1:])
        apart, _ = _displacement(size, other, levels, parameters, max(images.shape[-2:]))
        low, high = torch.minimum(apart, torch.zeros_like(apart)), torch.maximum(apart + other, size)
        canvas = torch.tensor(images.shape[-2:], device=images.device)
        corner = (canvas - (high - low)) // 2 - low
        moves = (corner - first, corner + apart - second)
        return torch.cat((shift(images[:, :1], moves[0]), shift(images[:, 1:], moves[1])), dim=1)

    def attained(self, images: Two, parameters: Parameters) -> Attained:
        """Return the share of the smaller box that is covered."""
        (_, size), (_, other) = boxes(images[:, :1]), boxes(images[:, 1:])
        levels = images.new_tensor([self.level])
        return _displacement(size, other, levels, parameters, max(images.shape[-2:]))[1]


@final
@dataclass(frozen=True)
class MultiMNIST(Composite):
    """Two objects, each moved by whole pixels, laid over each other as Sabour et al. (2017) do.

    The level is the largest move along each axis, in pixels; how far the objects overlap is left to chance.
    """

    def sample_parameters(self, count: int, generator: Generator) -> Parameters:
        """Return parameters (count, 4), uniform over 0 to 1: down and to the right for each object."""
        return torch.rand(count, 4, generator=generator)

    def lay(self, images: Two, levels: Levels, parameters: Parameters) -> Two:
        """Return each of two objects where it lies in the image."""
        moves = _moves(levels, parameters)
        return torch.cat((shift(images[:, :1], moves[:, :2]), shift(images[:, 1:], moves[:, 2:])), dim=1)

    def attained(self, images: Two, parameters: Parameters) -> Attained:
        """Return the share of the smaller box that is covered."""
        moves = _moves(images.new_tensor([self.level]), parameters)
        (first, size), (second, other) = boxes(images[:, :1]), boxes(images[:, 1:])
        return _covered(second + moves[:, 2:] - first - moves[:, :2], size, other)


def _moves(levels: Levels, parameters: Parameters) -> Integer[Tensor, "batch 4"]:
    """Return whole moves, uniform over -level to level."""
    most = levels.round()[:, None]
    return ((parameters * (2 * most + 1)).floor() - most).long()


def _displacement(
    size: Corners, other: Corners, levels: Levels, parameters: Parameters, reach: int
) -> tuple[Corners, Attained]:
    """Return how far the other box lies from the first, corner from corner, and the share covered.

    Boxes have `size` and `other`. Of all distances along the direction that the parameters give, the shortest
    whose share is nearest to the level.
    """
    distance = torch.arange(0, reach, STEP, dtype=parameters.dtype, device=parameters.device)[None, :, None]
    direction = parameters.flip(1) * parameters.new_tensor([-1.0, 1.0])
    places = ((size - other)[:, None] / 2 + distance * direction[:, None]).round().long()
    shares = _covered(places, size[:, None], other[:, None])
    nearest = (shares - levels[:, None]).abs().argmin(dim=1, keepdim=True)
    place = places.gather(1, nearest[:, :, None].expand(-1, -1, 2))[:, 0]
    return place, shares.gather(1, nearest)[:, 0]


def _covered(
    apart: Integer[Tensor, "*some 2"], size: Integer[Tensor, "*#some 2"], other: Integer[Tensor, "*#some 2"]
) -> Float[Tensor, "*some"]:
    """Return the share of the smaller box that the other covers; corners lie `apart`, rows then columns."""
    common = torch.minimum(apart + other, size) - apart.clamp(min=0)
    smaller = torch.minimum(size.prod(dim=-1), other.prod(dim=-1))
    return common.clamp(min=0).prod(dim=-1) / smaller
