"""The convolutional networks."""

from typing import final

from torch import Tensor, nn

from models.base import Classifier
from models.recipes import Preset


@final
class CNN(Classifier):
    """Two convolutions, each with max pooling, and two linear layers (LeCun et al. 1998)."""

    def __init__(self, in_channels: int, num_classes: int, image_size: tuple[int, int]) -> None:
        super().__init__()
        height, width = image_size
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 16, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * (height // 4) * (width // 4), 100),
            nn.ReLU(),
            nn.Linear(100, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return logits (B, K)."""
        logits: Tensor = self.layers(images)
        return logits


def build_cnn(in_channels: int, num_classes: int, image_size: tuple[int, int], preset: Preset) -> CNN:  # noqa: ARG001
    """Build the pooling CNN."""
    return CNN(in_channels, num_classes, image_size)
