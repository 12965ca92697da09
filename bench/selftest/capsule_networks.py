"""Networks with capsules that are known beforehand: untrained, and what they hold is the image's own."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from runbench.models.base import Classifier
from runbench.models.recipes import Preset


@final
class Places(Classifier):
    """Where the ink is: each class capsule, and what the last layer is given, is the ink's centre of mass."""

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        self.classes = classes
        height, width = size
        self.rows = nn.Buffer(torch.arange(height, dtype=torch.float64) - (height - 1) / 2)
        self.columns = nn.Buffer(torch.arange(width, dtype=torch.float64) - (width - 1) / 2)
        self.head = nn.Linear(2, classes)
        with torch.no_grad():
            angles = 2 * torch.pi * torch.arange(classes) / classes
            self.head.weight.copy_(torch.stack((angles.cos(), angles.sin()), dim=1))
            self.head.bias.zero_()

    def capsules(self, images: Tensor) -> Tensor:
        """Return class capsules (B, K, 2): the place of the ink, x then y in pixels from the middle."""
        return self._place(images)[:, None].expand(-1, self.classes, -1)

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K): how far the ink lies in each of K directions."""
        scores: Tensor = self.head(self._place(images))
        return scores

    def _place(self, images: Tensor) -> Tensor:
        ink = images.double().mean(dim=1)
        x, y = (ink.sum(dim=1) * self.columns).sum(dim=1), (ink.sum(dim=2) * self.rows).sum(dim=1)
        return (torch.stack((x, y), dim=1) / ink.sum(dim=(1, 2))[:, None]).float()


@final
class Copyist(Classifier):
    """The middle of the image in each class capsule, drawn where it was; the border stays black."""

    BORDER = 6

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        self.classes = classes
        height, width = size
        self.middle = (channels, height - 2 * self.BORDER, width - 2 * self.BORDER)
        self.frame = nn.ZeroPad2d(self.BORDER)

    @property
    def decoder(self) -> nn.Module | None:
        """Return what draws: a black frame about the middle."""
        return self.frame

    def capsules(self, images: Tensor) -> Tensor:
        """Return class capsules (B, K, D): the pixels of the middle, the same for each class."""
        border = self.BORDER
        pixels = images[..., border:-border, border:-border].flatten(1)
        return pixels[:, None].expand(-1, self.classes, -1)

    def reconstruct_each(self, capsules: Tensor) -> Tensor:
        """Return what each capsule of (B, K, D) draws: (B, K, C, H, W)."""
        drawn: Tensor = self.frame(capsules.unflatten(2, self.middle).flatten(0, 1))
        each: Tensor = drawn.unflatten(0, capsules.shape[:2])
        return each

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K): all 0."""
        return images.new_zeros(len(images), self.classes)
