"""Classifiers with spatial transformers in them (Jaderberg et al. 2015, arXiv 1506.02025)."""

import math
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, final

from torch import Tensor, nn

from runbench.models.base import Classifier
from runbench.models.layers.crop_guard import GUARDS
from runbench.models.layers.spatial_transformer import (
    FAMILIES,
    Kernel,
    LocalizationNet,
    Sampling,
    SpatialTransformer,
    Transformer,
)
from runbench.models.networks.cnn import CNN, SHAPES, CNNShape
from runbench.models.networks.fcn import FCN, FullyConnectedLocalization
from runbench.models.recipes import Preset
from runbench.models.shapes import Images, Scores, Theta, Views

Place = Literal["input", "features", "both"]
"""Before the network, on the feature map after its first pooling, or each with a transformer of its own."""

FEATURE_KERNEL = 3
"""Convolutions of a localisation network on a feature map, which is too small for two of 5x5."""


@final
@dataclass(frozen=True)
class STNShape:
    """The sizes of a localisation network and of the CNN behind it."""

    localisation_channels: tuple[int, int]
    localisation_hidden: int
    trunk: CNNShape


@final
@dataclass(frozen=True)
class STFCNShape:
    """The hidden layers of a fully connected localisation network and of the network behind it."""

    localisation_hidden: tuple[int, ...]
    hidden: tuple[int, ...]


COMPACT = STNShape((16, 16), 32, replace(SHAPES["standard"], hidden=(90,)))

STN_SHAPES: Mapping[Preset, STNShape] = MappingProxyType(
    {
        "smoke": COMPACT,
        "standard": COMPACT,
        "paper": STNShape((20, 20), 20, replace(SHAPES["paper"], channels=(86, 86))),
    }
)

ST_FCN_SHAPES: Mapping[Preset, STFCNShape] = MappingProxyType(
    {
        "smoke": STFCNShape((32, 32), (165, 90)),
        "standard": STFCNShape((32, 32), (165, 90)),
        "paper": STFCNShape((32, 32), (380, 190)),
    }
)


class Transforming(Classifier, ABC):
    """A classifier with spatial transformers on the way.

    Their localisation networks learn at the share `localisation_pace` of the learning rate.
    """

    def __init__(self, localisation_pace: float = 1.0) -> None:
        super().__init__()
        self.localisation_pace = localisation_pace

    def transformers(self) -> tuple[Transformer, ...]:
        """Return the transformers, in the order in which images pass them."""
        return tuple(module for module in self.modules() if isinstance(module, Transformer))

    def paces(self) -> tuple[tuple[nn.Module, float], ...]:
        """Return the localisation networks with their share of the learning rate, where it is not all of it."""
        if self.localisation_pace == 1.0:
            return ()
        return tuple((transformer.localisation, self.localisation_pace) for transformer in self.transformers())


@final
class STN(Transforming):
    """A spatial transformer, and behind it a network that classifies what it shows."""

    def __init__(self, transformer: SpatialTransformer, trunk: nn.Module, localisation_pace: float = 1.0) -> None:
        super().__init__(localisation_pace)
        self.transformer = transformer
        self.trunk = trunk

    def theta(self, images: Images) -> Theta:
        """Return the matrices, output to input coordinates, chosen for images."""
        return self.transformer.theta(images)

    def attend(self, images: Images) -> Views:
        """Return what the trunk sees of images."""
        attended: Tensor = self.transformer(images)
        return attended

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.trunk(self.transformer(images))
        return logits


@final
class MatrixFreeSTN(Transforming):
    """A classifier with transformers that do not come down to one matrix over the image.

    They bend it, or work on feature maps alone, and lie anywhere in `network`, from images to logits.
    """

    def __init__(self, network: nn.Module, localisation_pace: float = 1.0) -> None:
        super().__init__(localisation_pace)
        self.network = network

    def forward(self, images: Images) -> Scores:
        """Return logits."""
        logits: Tensor = self.network(images)
        return logits


def build_stn(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],
    preset: Preset,
    *,
    family: str = "affine",
    place: Place = "input",
    kernel: Kernel = "bilinear",
    output_scale: float = 1.0,
    guard: str = "none",
    localisation_pace: float = 1.0,
    hidden: tuple[int, ...] | None = None,
) -> STN | MatrixFreeSTN:
    """Build spatial transformers before or within the pooling CNN.

    The CNN is narrower than `build_cnn` makes it, by what the transformer takes; `hidden` replaces the units of
    its linear layers. `family` is a key of FAMILIES, `guard` of GUARDS. Before the input, the transformer's output
    has `output_scale` times the image's sides; below 1 each pixel is the mean of several samples. On a feature map
    the size stays, and ValueError is raised for any other scale. `paper`: the ST-CNN, whose localisation network
    has two 5x5 convolutions of 20 channels and 20 units; about 400k parameters at 28x28.
    """
    if place == "features" and output_scale != 1.0:
        raise ValueError(f"a transformer on a feature map keeps its size: output_scale is {output_scale:g}, not 1")
    shape = STN_SHAPES[preset]
    trunk_shape = shape.trunk if hidden is None else replace(shape.trunk, hidden=hidden)
    height, width = (round(side * output_scale) for side in image_size)
    sampling = Sampling((height, width), kernel, max(1, math.ceil(1 / output_scale)), GUARDS[guard])

    def transformer(channels: int, size: tuple[int, int], sampling: Sampling, convolution: int) -> Transformer:
        localisation = LocalizationNet(
            channels,
            size,
            shape.localisation_channels,
            shape.localisation_hidden,
            FAMILIES[family].parameters,
            convolution,
        )
        return FAMILIES[family].transformer(localisation, sampling)

    first = None if place == "features" else transformer(in_channels, image_size, sampling, convolution=5)
    trunk = CNN(in_channels, num_classes, sampling.output_size, trunk_shape)
    if place != "input":
        stage = replace(trunk_shape, channels=trunk_shape.channels[:1], kernels=trunk_shape.kernels[:1])
        size = stage.feature_size(sampling.output_size)
        within = replace(sampling, output_size=size, oversampling=1)
        end_of_stage = len(trunk.features) // len(trunk_shape.channels)
        trunk.features.insert(end_of_stage, transformer(stage.channels[0], size, within, FEATURE_KERNEL))
    if first is None:
        return MatrixFreeSTN(trunk, localisation_pace)
    if isinstance(first, SpatialTransformer):
        return STN(first, trunk, localisation_pace)
    return MatrixFreeSTN(nn.Sequential(first, trunk), localisation_pace)


def build_st_fcn(
    in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset, *, guard: str = "none"
) -> STN:
    """Build an affine spatial transformer before the fully connected network, with no convolution anywhere.

    The network is narrower than `build_fcn` makes it, by what the transformer takes.
    """
    shape = ST_FCN_SHAPES[preset]
    localisation = FullyConnectedLocalization(in_channels, image_size, shape.localisation_hidden)
    transformer = SpatialTransformer(localisation, Sampling(image_size, guard=GUARDS[guard]))
    return STN(transformer, FCN(in_channels, num_classes, image_size, shape.hidden))
