"""The spatial transformer and its three parts (Jaderberg et al. 2015, arXiv 1506.02025, section 3).

Coordinates are normalised: x to the right, y downwards, -1 and 1 the outer edges of the first and last pixel
(align_corners=False), so that theta means the same for every resolution of input and output.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal, cast, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.crop_guard import UNGUARDED, Guard
from runbench.models.layers.warp_families import (
    CONTROLS,
    ThinPlateGrid,
    affine,
    pixel_centres,
    projective,
    regular_lattice,
    similarity,
    translation,
)
from runbench.models.shapes import Grid, Images, Offsets, Theta, Views

Kernel = Literal["bilinear", "bicubic"]

LEAST_DEPTH = 1e-3
"""Depths of projected points are raised to this, so that no coordinate is infinite."""


@final
class LocalizationNet(nn.Module):
    """The network that regresses how far theta lies from the identity (section 3.1).

    Two convolutions, 5x5 unless `kernel` says otherwise, each with 2x2 max pooling and a ReLU, one hidden layer,
    and a linear layer that starts at zero, so all offsets do.
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        channels: tuple[int, int],
        hidden: int,
        parameters: int = 6,
        kernel: int = 5,
    ) -> None:
        super().__init__()
        first, second = channels
        lost = kernel - 1
        height, width = (((side - lost) // 2 - lost) // 2 for side in image_size)
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, first, kernel),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(first, second, kernel),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(second * height * width, hidden),
            nn.ReLU(),
        )
        self.output = nn.Linear(hidden, parameters)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, images: Images) -> Offsets:
        """Return offsets from the identity."""
        offsets: Tensor = self.output(self.layers(images))
        return offsets


@final
class GridGenerator(nn.Module):
    """The step from theta to the sampling grid (section 3.2, equation 1).

    The grid says for each output pixel where in the input it is taken from: theta maps output coordinates to
    input coordinates. `output_size` is (H, W). Computed in float32. Points that a projective theta puts behind the
    viewer, or nearer than LEAST_DEPTH, are taken to be that near.
    """

    def __init__(self, output_size: tuple[int, int]) -> None:
        super().__init__()
        height, width = output_size
        lattice = regular_lattice(pixel_centres(height), pixel_centres(width))
        self.register_buffer("lattice", lattice, persistent=False)

    def forward(self, theta: Theta) -> Grid:
        """Return the sampling grid."""
        lattice = cast("Tensor", self.lattice)
        with torch.autocast(theta.device.type, enabled=False):
            points = torch.einsum("hwp,bqp->bhwq", lattice, theta.float())
            return points if theta.shape[1] == 2 else points[..., :2] / points[..., 2:].clamp(min=LEAST_DEPTH)


@final
class ImageSampler(nn.Module):
    """Images sampled at a grid with a bilinear or bicubic kernel (section 3.3).

    Outside the image is black. Works in float32 whatever the autocast, because sampling in half precision can
    give NaN on the CPU. The bicubic kernel overshoots: it may leave the range of the image.
    """

    def __init__(self, kernel: Kernel = "bilinear") -> None:
        super().__init__()
        self.kernel = kernel

    def forward(self, images: Images, grid: Grid) -> Views:
        """Return the sampled images."""
        with torch.autocast(images.device.type, enabled=False):
            return F.grid_sample(
                images.float(), grid.float(), mode=self.kernel, padding_mode="zeros", align_corners=False
            )


@final
@dataclass(frozen=True)
class Sampling:
    """A transformer's output, and how it is sampled.

    `output_size` is (H, W). Each output pixel is the mean of `oversampling` x `oversampling` samples, which keeps
    a crop that shrinks from aliasing. `guard` bounds the transformation.
    """

    output_size: tuple[int, int]
    kernel: Kernel = "bilinear"
    oversampling: int = 1
    guard: Guard = UNGUARDED

    @property
    def grid_size(self) -> tuple[int, int]:
        """Return the (height, width) of the sampling grid."""
        height, width = self.output_size
        return height * self.oversampling, width * self.oversampling


class Transformer(nn.Module, ABC):
    """A warp of each image, or feature map, as a localisation network says that reads it."""

    def __init__(self, localisation: nn.Module, sampling: Sampling) -> None:
        super().__init__()
        self.localisation = localisation
        self.sampler = ImageSampler(sampling.kernel)
        self.pooling = nn.AvgPool2d(sampling.oversampling) if sampling.oversampling > 1 else nn.Identity()

    @abstractmethod
    def sampling_grid(self, images: Images) -> Grid:
        """Return where in images the samples are taken."""

    def forward(self, images: Images) -> Views:
        """Return the warped images."""
        warped: Tensor = self.pooling(self.sampler(images, self.sampling_grid(images)))
        return warped


Matrix = Callable[[Offsets, Guard, float], Theta]
"""From offsets, a guard and the output's width / height to theta."""


@final
class SpatialTransformer(Transformer):
    """A warp of each image by a matrix that a localisation network reads from it.

    `matrix` makes theta of the network's offsets from the identity, so the transformer starts there, and weight
    decay draws it there and not to an empty crop.
    """

    def __init__(self, localisation: nn.Module, sampling: Sampling, matrix: Matrix = affine) -> None:
        super().__init__(localisation, sampling)
        self.matrix, self.guard = matrix, sampling.guard
        self.aspect = sampling.output_size[1] / sampling.output_size[0]
        self.grid = GridGenerator(sampling.grid_size)

    def theta(self, images: Images) -> Theta:
        """Return theta: normalised output coordinates to normalised input coordinates."""
        offsets: Tensor = self.localisation(images)
        return self.matrix(offsets.float(), self.guard, self.aspect)

    def sampling_grid(self, images: Images) -> Grid:
        """Return where in images the samples are taken."""
        grid: Tensor = self.grid(self.theta(images))
        return grid


@final
class ThinPlateTransformer(Transformer):
    """A warp of each image by a thin-plate spline, whose control points a localisation network moves."""

    def __init__(self, localisation: nn.Module, sampling: Sampling) -> None:
        super().__init__(localisation, sampling)
        self.guard = sampling.guard
        self.grid = ThinPlateGrid(sampling.grid_size)

    def sampling_grid(self, images: Images) -> Grid:
        """Return where in images the samples are taken."""
        grid: Tensor = self.grid(self.localisation(images), self.guard)
        return grid


@final
@dataclass(frozen=True)
class Family:
    """The number of parameters of a family of transformations, and what warps images by it."""

    parameters: int
    transformer: Callable[[nn.Module, Sampling], Transformer]


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "translation": Family(2, partial(SpatialTransformer, matrix=translation)),
        "similarity": Family(4, partial(SpatialTransformer, matrix=similarity)),
        "affine": Family(6, SpatialTransformer),
        "projective": Family(8, partial(SpatialTransformer, matrix=projective)),
        "thin-plate": Family(2 * CONTROLS**2, ThinPlateTransformer),
    }
)
