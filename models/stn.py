"""Classifiers with spatial transformers in them (Jaderberg et al. 2015, arXiv 1506.02025)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import final

from torch import Tensor

from models.base import Classifier
from models.cnn import CNN, SHAPES, CNNShape
from models.recipes import Preset
from models.spatial_transformer import LocalizationNet, SpatialTransformer


@dataclass(frozen=True)
class STNShape:
    """State the sizes of a localisation network and of the CNN behind it."""

    localisation_channels: tuple[int, int]
    localisation_hidden: int
    trunk: CNNShape


COMPACT = STNShape((16, 16), 32, replace(SHAPES["standard"], hidden=(90,)))

STN_SHAPES: Mapping[Preset, STNShape] = MappingProxyType(
    {
        "smoke": COMPACT,
        "standard": COMPACT,
        "paper": STNShape((20, 20), 20, replace(SHAPES["paper"], channels=(86, 86))),
    }
)


@final
class STN(Classifier):
    """Let a spatial transformer turn the image before a CNN classifies it."""

    def __init__(self, transformer: SpatialTransformer, trunk: CNN) -> None:
        super().__init__()
        self.transformer = transformer
        self.trunk = trunk

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (B, K)."""
        logits: Tensor = self.trunk(self.transformer(images))
        return logits


def build_stn(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> STN:
    """Build an affine spatial transformer before the pooling CNN.

    The CNN is narrower than `build_cnn` makes it, by what the transformer takes. `paper`: the ST-CNN, whose
    localisation network has two 5x5 convolutions of 20 channels and 20 units; about 400k parameters at 28x28.
    """
    shape = STN_SHAPES[preset]
    localisation = LocalizationNet(in_channels, image_size, shape.localisation_channels, shape.localisation_hidden)
    transformer = SpatialTransformer(localisation, image_size)
    return STN(transformer, CNN(in_channels, num_classes, image_size, shape.trunk))
