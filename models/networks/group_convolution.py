"""Group convolution over quarter turns (Cohen and Welling 2016, arXiv 1602.07576), and the network made of it.

The group p4 is shifts and turns by 0, 90, 180 and 270 degrees, counter-clockwise on the screen. A feature map of
it has four responses: at each place one response for each turn of the filter. Where the image turns once, a map
turns once and its four responses move on by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.base import Classifier
from runbench.models.networks.cnn import PADDINGS
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Scores, TurnedViews, Turns

TURNS = 4
IMAGE_PLANE = (-2, -1)


@final
class LiftingConv2d(nn.Module):
    """A convolution of images with each filter in four turns (equation 10).

    `padding` is the same on all sides. There is no bias: batch normalisation follows.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, padding: int) -> None:
        super().__init__()
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")

    def filters(self) -> Float[Tensor, "turned inputs kernel kernel"]:
        """Return the filter bank, the four turns of a filter beside each other."""
        turned = [self.weight.rot90(turn, IMAGE_PLANE) for turn in range(TURNS)]
        return torch.stack(turned, dim=1).flatten(0, 1)

    def forward(self, images: Images) -> TurnedViews:
        """Return the maps."""
        maps: Tensor = F.conv2d(images, self.filters(), padding=self.padding).unflatten(1, (-1, TURNS))
        return maps


@final
class GroupConv2d(nn.Module):
    """A convolution of maps with each filter in four turns (equation 11).

    A filter covers all four responses; as it turns they move on by one. `padding` and bias are as in lifting. In
    the weight the responses of one input lie beside each other.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, padding: int) -> None:
        super().__init__()
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(outputs, inputs * TURNS, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")

    def filters(self) -> Float[Tensor, "turned inputs kernel kernel"]:
        """Return the filter bank, the four turns of a filter and of an input beside each other."""
        weight = self.weight.unflatten(1, (-1, TURNS))
        turned = [weight.roll(turn, dims=2).rot90(turn, IMAGE_PLANE) for turn in range(TURNS)]
        return torch.stack(turned, dim=1).flatten(0, 1).flatten(1, 2)

    def forward(self, maps: Turns) -> TurnedViews:
        """Return the maps."""
        responses = F.conv2d(maps.flatten(1, 2), self.filters(), padding=self.padding)
        convolved: Tensor = responses.unflatten(1, (-1, TURNS))
        return convolved


@final
class SymmetricMaxPool(nn.Module):
    """Max pooling that halves maps, rounding down, so that a turn of the input turns the output.

    Windows of 2 cover an even side. On an odd side they would leave the last row out, but not its mirror image, so
    there windows of 3 overlap by one.
    """

    def forward(self, maps: Turns) -> TurnedViews:
        """Return the maximum of each window."""
        height, width = maps.shape[-2:]
        window = (2 + height % 2, 2 + width % 2)
        pooled: Tensor = F.max_pool2d(maps.flatten(1, 2), window, stride=2).unflatten(1, (-1, TURNS))
        return pooled


@final
@dataclass(frozen=True)
class P4Shape:
    """The sizes of a group-convolutional network; pooling follows the layers `pooled`, counted from 0."""

    channels: tuple[int, ...]
    kernels: tuple[int, ...]
    pooled: tuple[int, ...]
    padding: Literal["same", "valid"] = "same"


COMPACT = P4Shape((8, 16, 32, 80), (5, 5, 5, 3), pooled=(0, 1, 2))

P4_SHAPES: Mapping[Preset, P4Shape] = MappingProxyType(
    {
        "smoke": COMPACT,
        "standard": COMPACT,
        "paper": P4Shape((10,) * 7, (3,) * 6 + (4,), pooled=(1,), padding="valid"),
    }
)


@final
class P4CNN(Classifier):
    """Group convolutions, then the mean over all places and the maximum over the four turns.

    Each convolution is followed by batch normalisation over the group and a ReLU. Every layer is equivariant to
    quarter turns about the image's centre, whatever its size, so scores are invariant to them.
    """

    def __init__(self, in_channels: int, num_classes: int, shape: P4Shape) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for layer, ((inputs, outputs), kernel) in enumerate(
            zip(pairwise((in_channels, *shape.channels)), shape.kernels, strict=True)
        ):
            convolution = GroupConv2d if layer else LiftingConv2d
            layers += [convolution(inputs, outputs, kernel, PADDINGS[shape.padding](kernel))]
            layers += [SymmetricMaxPool()] if layer in shape.pooled else []
            layers += [nn.BatchNorm3d(outputs), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(shape.channels[-1], num_classes)

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.head(self.features(images).mean(dim=IMAGE_PLANE).amax(dim=2))
        return logits


def build_p4cnn(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],  # noqa: ARG001 - takes any size
    preset: Preset,
) -> P4CNN:
    """Build a group-convolutional network over quarter turns.

    `paper`: the P4CNN of Cohen and Welling (2016, section 8.1), seven layers of 3x3 convolutions (4x4 in the last)
    with 10 channels, pooled after the second; with a linear classifier of its own, and without dropout.
    """
    return P4CNN(in_channels, num_classes, P4_SHAPES[preset])
