"""The convolutional networks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, final

from torch import Tensor, nn

from runbench.models.base import Classifier
from runbench.models.layers.pooling import POOLINGS, PoolingName
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Scores

Design = Literal["plain", "large-kernel", "sabour"]


@final
@dataclass(frozen=True)
class CNNShape:
    """The sizes of a CNN: convolutions, each followed by pooling, then linear layers.

    `hidden` lists the units of the linear layers before the logits; `dropout` is the share of the last of them
    that is left out in training. `normalisation` follows each convolution. Kernels are odd.
    """

    channels: tuple[int, ...] = (16, 32)
    kernels: tuple[int, ...] = (5, 5)
    padding: Literal["same", "valid"] = "same"
    hidden: tuple[int, ...] = (100,)
    normalisation: Literal["batch", "none"] = "batch"
    pooling: PoolingName = "max"
    dropout: float = 0.0

    def feature_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) of the last feature map for images of `image_size`."""
        height, width = image_size
        for kernel in self.kernels:
            lost = kernel - 1 if self.padding == "valid" else 0
            height, width = (POOLINGS[self.pooling].size(side - lost) for side in (height, width))
        return height, width


SHAPES: Mapping[Preset, CNNShape] = MappingProxyType(
    {
        "smoke": CNNShape(),
        "standard": CNNShape(),
        "paper": CNNShape(channels=(88, 88), kernels=(9, 7), padding="valid", hidden=(), normalisation="none"),
    }
)

LARGE_KERNELS = CNNShape(kernels=(9, 9), hidden=(76,))

DESIGNS: Mapping[Design, Mapping[Preset, CNNShape]] = MappingProxyType(
    {
        "plain": SHAPES,
        "large-kernel": {
            "smoke": LARGE_KERNELS,
            "standard": LARGE_KERNELS,
            "paper": CNNShape((256, 256), (9, 9), padding="valid", hidden=(), normalisation="none"),
        },
        "sabour": {
            "paper": CNNShape(
                (256, 256, 128), (5, 5, 5), hidden=(328, 192), normalisation="none", pooling="none", dropout=0.5
            ),
        },
    }
)

NORMALISATIONS: Mapping[str, Callable[[int], nn.Module]] = MappingProxyType(
    {"batch": nn.BatchNorm2d, "none": nn.Identity}
)

PADDINGS: Mapping[str, Callable[[int], int]] = MappingProxyType(
    {"same": lambda kernel: kernel // 2, "valid": lambda _: 0}
)


@final
class CNN(Classifier):
    """Convolutions and pooling, then a classifier of the last feature map (LeCun et al. 1998).

    An odd feature map loses its last row and column to pooling windows.
    """

    def __init__(self, in_channels: int, num_classes: int, image_size: tuple[int, int], shape: CNNShape) -> None:
        super().__init__()
        pooling = POOLINGS[shape.pooling]
        layers: list[nn.Module] = []
        for (inputs, outputs), kernel in zip(pairwise((in_channels, *shape.channels)), shape.kernels, strict=True):
            # Batch normalisation takes the mean out, and with it any bias.
            bias = shape.normalisation == "none"
            padding = PADDINGS[shape.padding](kernel)
            layers.append(nn.Conv2d(inputs, outputs, kernel, pooling.stride, padding, bias=bias))
            layers += pooling.among(NORMALISATIONS[shape.normalisation](outputs), nn.ReLU())
        self.features = nn.Sequential(*layers)
        height, width = shape.feature_size(image_size)
        layers = [nn.Flatten()]
        units = (shape.channels[-1] * height * width, *shape.hidden)
        for inputs, outputs in pairwise(units):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        layers += [nn.Dropout(shape.dropout)] if shape.dropout else []
        self.head = nn.Sequential(*layers, nn.Linear(units[-1], num_classes))

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.head(self.features(images))
        return logits


def build_cnn(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],
    preset: Preset,
    *,
    design: Design = "plain",
    pooling: PoolingName | None = None,
) -> CNN:
    """Build a CNN; `pooling` replaces the design's own.

    "plain": 5x5 convolutions. `paper`: convolutions of 9x9 and 7x7 without padding, each with 2x2 max pooling, and
    a linear classifier, as wide as Jaderberg et al. (2015) allow every network: about 400k parameters at 28x28.

    "large-kernel": 9x9 convolutions, as many parameters as CapsNet. `paper`: CapsNet's two convolutions of 256
    channels, each followed by pooling, 5.3M parameters at 28x28.

    "sabour", `paper` alone: the baseline of Sabour et al. (2017, section 4), 35.4M parameters at 28x28. Its
    padding and the absence of pooling follow from that count; the rate of its dropout is not published.
    """
    shape = DESIGNS[design][preset]
    return CNN(in_channels, num_classes, image_size, replace(shape, pooling=pooling or shape.pooling))
