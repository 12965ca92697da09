"""A small capsule network that routes by self-attention, after Mazzia et al. (2021, arXiv 2101.12491)."""

import math
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import final

import torch
from torch import Tensor, nn

from runbench.models.layers.capsules import Routing
from runbench.models.layers.decoder import Decoder
from runbench.models.networks.capsnet import DIGIT_DIMENSIONS, PRIMARY_DIMENSIONS
from runbench.models.networks.capsule_classifier import CapsuleClassifier, LossName, PrimaryGrid, Reconstruction
from runbench.models.recipes import Preset
from runbench.models.shapes import Capsules, Coupling, Images, Inputs, Vectors, Votes

STEM = ((32, 5, 1), (64, 3, 1), (64, 3, 1), (128, 3, 2))
"""Channels, kernel and stride of each convolution before the primary capsules."""

DECODERS: Mapping[Preset, tuple[int, int]] = MappingProxyType(
    {"smoke": (128, 256), "standard": (128, 256), "paper": (512, 1024)}
)
"""The decoder's hidden units: those of CapsNet's, so that the two are regularised alike."""


def squash_exponentially(vectors: Vectors) -> Vectors:
    """Shorten vectors to a length of 1 - exp(-|s|) without turning them; zero at zero."""
    length: Tensor = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return vectors * (-torch.expm1(-length) / length.clamp_min(torch.finfo(length.dtype).tiny))


def stem_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Return the (height, width) of the last feature map for images of `image_size`."""
    height, width = image_size
    for _, kernel, stride in STEM:
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    return height, width


@final
class DepthwiseCapsules(nn.Module):
    """Squashed capsules made of a feature map, each of channels of its own.

    A depthwise convolution as large as the map makes one number of each channel, so capsules have no position.
    """

    def __init__(self, channels: int, dimensions: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.convolution = nn.Conv2d(channels, channels, size, groups=channels)

    def forward(self, features: Images) -> Inputs:
        """Return the capsules of features."""
        vectors: Tensor = self.convolution(features)
        return squash_exponentially(vectors.flatten(1).unflatten(1, (-1, self.dimensions)))


@final
class AttentionRouting(Routing):
    """Routing of each vote by its agreement with all votes for its class, once, with no iterations.

    Agreement is the scalar product with the votes' sum, divided by the square root of their dimensions; its
    softmax over the output capsules is the coupling. A learnt prior, zero at first, is added to it.
    """

    def __init__(self, inputs: int, in_dimensions: int, outputs: int, out_dimensions: int) -> None:
        super().__init__(inputs, in_dimensions, outputs, out_dimensions)
        self.prior = nn.Parameter(torch.zeros(outputs, inputs))

    def route(self, votes: Votes) -> tuple[Capsules, Coupling]:
        """Return the output capsules of votes, and the coupling less the prior."""
        agreement = (votes @ votes.sum(dim=2).unsqueeze(-1)).squeeze(-1)
        coupling = (agreement / math.sqrt(votes.shape[-1])).softmax(dim=1)
        weighted = (coupling + self.prior).unsqueeze(2) @ votes
        return squash_exponentially(weighted.squeeze(2)), coupling


@final
class AttentionCapsNet(CapsuleClassifier):
    """Four convolutions, 16 primary capsules, and their routing to class capsules of 16 dimensions."""

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        image_size: tuple[int, int],
        decoder: tuple[int, int],
        loss: LossName,
        reconstruction: Reconstruction,
    ) -> None:
        super().__init__(num_classes, loss, reconstruction)
        channels = (in_channels, *(outputs for outputs, _, _ in STEM))
        layers: list[nn.Module] = []
        for (inputs, outputs), (_, kernel, stride) in zip(pairwise(channels), STEM, strict=True):
            layers += [nn.Conv2d(inputs, outputs, kernel, stride), nn.ReLU(), nn.BatchNorm2d(outputs)]
        self.stem = nn.Sequential(*layers)
        self.primary = DepthwiseCapsules(channels[-1], PRIMARY_DIMENSIONS, stem_size(image_size))
        self.primary_grid = PrimaryGrid(channels[-1] // PRIMARY_DIMENSIONS, 1, 1)
        self.routing = AttentionRouting(self.primary_grid.types, PRIMARY_DIMENSIONS, num_classes, DIGIT_DIMENSIONS)
        self.decoder = None
        if reconstruction != "none":
            self.decoder = Decoder(num_classes * DIGIT_DIMENSIONS, decoder, (in_channels, *image_size))

    def primary_capsules(self, images: Images) -> Inputs:
        """Return the primary capsules, of 8 dimensions."""
        capsules: Tensor = self.primary(self.stem(images))
        return capsules


def build_attention_capsnet(
    in_channels: int,
    num_classes: int,
    image_size: tuple[int, int],
    preset: Preset,
    *,
    loss: LossName = "margin",
    reconstruction: Reconstruction = "apart",
) -> AttentionCapsNet:
    """Build the capsule network that routes by self-attention, 161,824 parameters at 28x28 beside its decoder.

    After Mazzia et al.: initial weights are CapsNet's and torch's own, and on larger images the depthwise
    convolution grows with the map. Presets differ in the decoder alone.
    """
    return AttentionCapsNet(in_channels, num_classes, image_size, DECODERS[preset], loss, reconstruction)
