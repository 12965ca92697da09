"""The fully connected network, and a localisation network of its kind."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import final

from torch import Tensor, nn

from runbench.models.base import Classifier
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Offsets, Scores

HIDDEN: Mapping[Preset, tuple[int, ...]] = MappingProxyType(
    {"smoke": (190, 100), "standard": (190, 100), "paper": (400, 200)}
)


@final
class FCN(Classifier):
    """A classifier of fully connected layers alone: the FCN of Jaderberg et al. (2015, section 4.1)."""

    def __init__(
        self, in_channels: int, num_classes: int, image_size: tuple[int, int], hidden: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.layers = _hidden_layers(in_channels, image_size, hidden)
        self.output = nn.Linear(hidden[-1], num_classes)

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.output(self.layers(images))
        return logits


@final
class FullyConnectedLocalization(nn.Module):
    """A localisation network of fully connected layers alone; all offsets are zero at the start."""

    def __init__(
        self, in_channels: int, image_size: tuple[int, int], hidden: tuple[int, ...], parameters: int = 6
    ) -> None:
        super().__init__()
        self.layers = _hidden_layers(in_channels, image_size, hidden)
        self.output = nn.Linear(hidden[-1], parameters)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, images: Images) -> Offsets:
        """Return offsets from the identity."""
        offsets: Tensor = self.output(self.layers(images))
        return offsets


def build_fcn(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> FCN:
    """Build the fully connected network with two hidden layers.

    At 28x28 as large as the pooling CNN of the same preset; its first layer grows with the pixels.
    """
    return FCN(in_channels, num_classes, image_size, HIDDEN[preset])


def _hidden_layers(in_channels: int, image_size: tuple[int, int], hidden: tuple[int, ...]) -> nn.Sequential:
    height, width = image_size
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in pairwise((in_channels * height * width, *hidden)):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers)
