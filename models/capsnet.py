"""CapsNet and its decoder (Sabour et al. 2017, arXiv 1710.09829, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, final

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from models.base import Classifier, as_sets
from models.capsules import DynamicRouting, PrimaryCapsules, lengths, margin_loss
from models.recipes import Preset

PRIMARY_DIMENSIONS = 8
DIGIT_DIMENSIONS = 16
RECONSTRUCTION_WEIGHT = 0.0005


@dataclass(frozen=True)
class CapsNetShape:
    """State the sizes of a CapsNet: a convolution, primary capsules, and the decoder's hidden units."""

    stem_channels: int
    stem_kernel: int
    stem_stride: int
    types: int
    kernel: int
    stride: int
    decoder: tuple[int, int]

    def feature_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) of the primary capsules' lattice for images of `image_size`."""
        height, width = (
            ((side - self.stem_kernel) // self.stem_stride + 1 - self.kernel) // self.stride + 1
            for side in image_size
        )
        return height, width


COMPACT = CapsNetShape(32, 5, 2, types=6, kernel=5, stride=2, decoder=(128, 256))

CAPSNET_SHAPES: Mapping[Preset, CapsNetShape] = MappingProxyType(
    {
        "smoke": COMPACT,
        "standard": COMPACT,
        "paper": CapsNetShape(256, 9, 1, types=32, kernel=9, stride=2, decoder=(512, 1024)),
    }
)


@final
class Decoder(nn.Module):
    """Draw images (B, C, H, W) in [0, 1] from capsules (B, K, D) (figure 2)."""

    def __init__(self, inputs: int, hidden: tuple[int, int], image_shape: tuple[int, int, int]) -> None:
        super().__init__()
        channels, height, width = image_shape
        first, second = hidden
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(inputs, first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, channels * height * width),
            nn.Sigmoid(),
            nn.Unflatten(1, image_shape),
        )

    def forward(self, capsules: Tensor) -> Tensor:
        """Return images (B, C, H, W)."""
        images: Tensor = self.layers(capsules)
        return images


@final
class CapsNet(Classifier):
    """Classify by the lengths of class capsules; a decoder regularises them in training.

    Scores are lengths in [0, 1), one for each class.
    """

    reading: ClassVar[str] = "capsule lengths divided by their sum"
    presence_reading: ClassVar[str] = "capsule lengths"

    def __init__(
        self, in_channels: int, num_classes: int, image_size: tuple[int, int], shape: CapsNetShape
    ) -> None:
        super().__init__()
        height, width = shape.feature_size(image_size)
        self.num_classes = num_classes
        self.stem = nn.Conv2d(in_channels, shape.stem_channels, shape.stem_kernel, shape.stem_stride)
        self.primary = PrimaryCapsules(
            shape.stem_channels, shape.types, PRIMARY_DIMENSIONS, shape.kernel, shape.stride
        )
        self.routing = DynamicRouting(
            shape.types * height * width, PRIMARY_DIMENSIONS, num_classes, DIGIT_DIMENSIONS
        )
        self.decoder = Decoder(num_classes * DIGIT_DIMENSIONS, shape.decoder, (in_channels, *image_size))

    def primary_capsules(self, images: Tensor) -> Tensor:
        """Return the primary capsules (B, I, 8)."""
        capsules: Tensor = self.primary(F.relu(self.stem(images)))
        return capsules

    def capsules(self, images: Tensor) -> Tensor:
        """Return the class capsules (B, K, 16)."""
        capsules: Tensor = self.routing(self.primary_capsules(images))
        return capsules

    def forward(self, images: Tensor) -> Tensor:
        """Return the lengths (B, K) of the class capsules."""
        return lengths(self.capsules(images))

    def reconstruct(self, capsules: Tensor, present: Tensor) -> Tensor:
        """Draw images (B, C, H, W) from class capsules (B, K, 16), masked by `present` (B, K), 1 or 0."""
        images: Tensor = self.decoder(capsules * present.unsqueeze(-1))
        return images

    def loss(self, images: Tensor, targets: Tensor) -> Tensor:
        """Return margin loss plus 0.0005 times the squared error of the true classes' reconstruction.

        Targets are labels (B,) or sets of classes (B, K); of a set, all capsules together draw the whole image.
        The squared error is summed over pixels, its mean taken over the batch, as in the paper's text; the
        authors' code weighs it otherwise.
        """
        capsules = self.capsules(images)
        present = as_sets(targets, self.num_classes).to(capsules.dtype)
        drawn = self.reconstruct(capsules, present)
        error = (drawn - images).square().flatten(1).sum(dim=1).mean()
        return margin_loss(lengths(capsules), present) + RECONSTRUCTION_WEIGHT * error

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return lengths (B, K) divided by their sum."""
        return F.normalize(scores, p=1.0, dim=1)

    def presence(self, scores: Tensor) -> Tensor:
        """Return the lengths (B, K) as they are."""
        return scores

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return the decoder."""
        return (self.decoder,)


def build_capsnet(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> CapsNet:
    """Build a CapsNet with three routing iterations.

    `paper`: the published network, 8,215,728 parameters at 28x28 with the biases of the digit capsules.
    """
    return CapsNet(in_channels, num_classes, image_size, CAPSNET_SHAPES[preset])
