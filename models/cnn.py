"""The convolutional networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, final

from torch import Tensor, nn

from models.base import Classifier
from models.recipes import Preset


@dataclass(frozen=True)
class CNNShape:
    """State the sizes of a CNN: convolutions, each followed by 2x2 pooling, then linear layers.

    `hidden` lists the units of the linear layers before the logits. `normalisation` follows each pooling.
    """

    channels: tuple[int, ...] = (16, 32)
    kernels: tuple[int, ...] = (5, 5)
    padding: Literal["same", "valid"] = "same"
    hidden: tuple[int, ...] = (100,)
    normalisation: Literal["batch", "none"] = "batch"

    def feature_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) of the last feature map for images of `image_size`."""
        height, width = image_size
        for kernel in self.kernels:
            lost = kernel - 1 if self.padding == "valid" else 0
            height, width = (height - lost) // 2, (width - lost) // 2
        return height, width


SHAPES: Mapping[Preset, CNNShape] = MappingProxyType(
    {
        "smoke": CNNShape(),
        "standard": CNNShape(),
        "paper": CNNShape(channels=(88, 88), kernels=(9, 7), padding="valid", hidden=(), normalisation="none"),
    }
)


NORMALISATIONS: Mapping[str, Callable[[int], nn.Module]] = MappingProxyType(
    {"batch": nn.BatchNorm2d, "none": nn.Identity}
)


@final
class CNN(Classifier):
    """Convolve and max-pool, then classify the last feature map (LeCun et al. 1998).

    Images (B, C, H, W), logits (B, K). An odd feature map loses its last row and column to the pooling.
    """

    def __init__(self, in_channels: int, num_classes: int, image_size: tuple[int, int], shape: CNNShape) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for (inputs, outputs), kernel in zip(pairwise((in_channels, *shape.channels)), shape.kernels, strict=True):
            # Max pooling and ReLU commute; in this order ReLU has a quarter of the work. Batch normalisation takes
            # the mean out, and with it any bias.
            bias = shape.normalisation == "none"
            layers += [nn.Conv2d(inputs, outputs, kernel, padding=shape.padding, bias=bias), nn.MaxPool2d(2)]
            layers += [NORMALISATIONS[shape.normalisation](outputs), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        height, width = shape.feature_size(image_size)
        layers = [nn.Flatten()]
        units = (shape.channels[-1] * height * width, *shape.hidden)
        for inputs, outputs in pairwise(units):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.head = nn.Sequential(*layers, nn.Linear(units[-1], num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (B, K)."""
        logits: Tensor = self.head(self.features(images))
        return logits


def build_cnn(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> CNN:
    """Build the pooling CNN.

    `paper`: convolutions of 9x9 and 7x7 without padding, each with 2x2 max pooling, and a linear classifier,
    as wide as Jaderberg et al. (2015) allow every network: about 400k parameters at 28x28.
    """
    return CNN(in_channels, num_classes, image_size, SHAPES[preset])
