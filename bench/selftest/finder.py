"""A network that finds out by moments how an image is turned and how large it is, and looks at it upright."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.environment import generator
from runbench.models.base import Classifier
from runbench.models.recipes import Preset

RADIUS = 0.4
"""The radius, root mean square over ink, that objects have in the view: 1 is half the image's side."""


@final
class MomentFinder(Classifier):
    """Each object turned so that its third moment points to the right, and scaled to one radius (Hu 1962).

    With z = x + iy about the image's centre, y upwards, the sum of z |z|^2 over ink turns exactly as the image
    does, and the mean of |z|^2 grows as the square of its size.
    """

    def __init__(self, channels: int, classes: int, size: tuple[int, int], preset: Preset) -> None:  # noqa: ARG002
        super().__init__()
        height, width = size
        source = generator("selftest", "moments")
        self.answers = nn.Buffer(torch.randn(classes, channels * height * width, generator=source) / 4)
        places = (2 * torch.arange(height, dtype=torch.float64) + 1) / height - 1
        self.places = nn.Buffer(places)

    def theta(self, images: Tensor) -> Tensor:
        """Return matrices (B, 2, 3): a turn and a factor, about the centre."""
        ink = images.double().mean(dim=1)
        x, y = self.places[None, None, :], -self.places[None, :, None]
        squares = x.square() + y.square()
        right, up = ((ink * squares * axis).sum(dim=(1, 2)) for axis in (x, y))
        factor = ((ink * squares).sum(dim=(1, 2)) / ink.sum(dim=(1, 2))).sqrt() / RADIUS
        angle = torch.atan2(up, right)
        cosine, sine, nothing = factor * angle.cos(), factor * angle.sin(), torch.zeros_like(angle)
        rows = (cosine, sine, nothing, -sine, cosine, nothing)
        return torch.stack(rows, dim=1).reshape(-1, 2, 3).float()

    def attend(self, images: Tensor) -> Tensor:
        """Return what is seen of images (B, C, H, W), of the same shape."""
        grid = F.affine_grid(self.theta(images), list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, align_corners=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (B, K), linear in the pixels of the view."""
        return F.linear(self.attend(images).flatten(1), self.answers)
