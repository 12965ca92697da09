"""The polar transformer network (Esteves et al. 2018, arXiv 1709.01889): rotation and scale become shifts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.base import Classifier
from runbench.models.layers.isotropic import HeatMaps, centroids
from runbench.models.layers.spatial_transformer import ImageSampler
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Scores

SMALLEST_RADIUS = 0.5
"""Radius of the innermost samples, in pixels."""

ANGLE_STEP = 16
"""The number of angles is a multiple of it, so a quarter turn is a whole number of units after two poolings."""

Polar = Float[Tensor, "batch channels angles radii"]


@final
class LogPolarSampler(nn.Module):
    """Images sampled on rays from a centre of each.

    Rows are angles, evenly spaced, from the x axis (right) towards the y axis (down); columns are radii, evenly
    spaced in their logarithm, from half a pixel to half the image's smaller side. A turn about the centre shifts
    the rows round, a change of scale shifts the columns. Outside the image is black.
    """

    def __init__(self, image_size: tuple[int, int]) -> None:
        super().__init__()
        height, width = image_size
        self.angles, self.radii = log_polar_size(image_size)
        largest = min(image_size) / 2
        radius = torch.logspace(math.log2(SMALLEST_RADIUS), math.log2(largest), self.radii, base=2.0)
        angle = torch.arange(self.angles) * (2 * math.pi / self.angles)
        rays = torch.stack([angle.cos()[:, None] * radius, angle.sin()[:, None] * radius], dim=-1)
        self.register_buffer("rays", rays, persistent=False)
        self.register_buffer("pixel", torch.tensor([2 / width, 2 / height]), persistent=False)
        self.sampler = ImageSampler()

    def forward(self, images: Images, centre: Float[Tensor, "batch 2"]) -> Polar:
        """Return the samples about centres, (x, y) in pixels from the image's centre."""
        points = cast("Tensor", self.rays) + centre[:, None, None]
        samples: Tensor = self.sampler(images, points * cast("Tensor", self.pixel))
        return samples


@final
class RoundConv2d(nn.Module):
    """A convolution of maps whose rows close on themselves; beyond the columns lies zero.

    `kernel` is odd; sizes stay. There is no bias: batch normalisation follows.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        self.padding = kernel // 2
        self.convolution = nn.Conv2d(inputs, outputs, kernel, padding=(0, self.padding), bias=False)

    def forward(self, maps: Polar) -> Float[Tensor, "batch outputs angles radii"]:
        """Return the convolved maps."""
        closed = F.pad(maps, (0, 0, self.padding, self.padding), mode="circular")
        convolved: Tensor = self.convolution(closed)
        return convolved


@final
@dataclass(frozen=True)
class PolarShape:
    """The sizes of the CNN: convolutions, 2x2 max pooling between them, and the hidden units behind them."""

    channels: tuple[int, ...]
    kernel: int
    hidden: int


COMPACT = PolarShape((16, 32, 64), kernel=5, hidden=200)

POLAR_SHAPES: Mapping[Preset, PolarShape] = MappingProxyType(
    {"smoke": COMPACT, "standard": COMPACT, "paper": PolarShape((32, 64, 112), kernel=5, hidden=200)}
)


@final
class PolarCNN(Classifier):
    """Log-polar samples about a predicted centre, convolutions, and the maximum over all angles (section 3).

    The centre is a heat map's centroid. Its filters are isotropic, which the paper's are not, so that the centre
    of a turned image is the turned centre also where training showed upright images only.
    """

    def __init__(self, in_channels: int, num_classes: int, image_size: tuple[int, int], shape: PolarShape) -> None:
        super().__init__()
        self.heat_map = HeatMaps(in_channels, maps=1)
        self.sampler = LogPolarSampler(image_size)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((in_channels, *shape.channels)):
            layers += [RoundConv2d(inputs, outputs, shape.kernel), nn.BatchNorm2d(outputs), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.features = nn.Sequential(*layers[:-1])
        radii = self.sampler.radii // 2 ** (len(shape.channels) - 1)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(shape.channels[-1] * radii, shape.hidden),
            nn.ReLU(),
            nn.Linear(shape.hidden, num_classes),
        )

    def centre(self, images: Images) -> Float[Tensor, "batch 2"]:
        """Return the centres of images: (x, y) in pixels from the image's centre."""
        return centroids(self.heat_map(images)).squeeze(1)

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        features: Tensor = self.features(self.sampler(images, self.centre(images)))
        logits: Tensor = self.head(features.amax(dim=2))
        return logits


def log_polar_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Return how many (angles, radii) describe an image: steps along rays and rings are then much alike."""
    side = min(image_size)
    return ANGLE_STEP * math.ceil(2 * side / ANGLE_STEP), side


def build_polar(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> PolarCNN:
    """Build a polar transformer network. `paper`: of the size that Jaderberg et al. (2015) allow every network."""
    return PolarCNN(in_channels, num_classes, image_size, POLAR_SHAPES[preset])
