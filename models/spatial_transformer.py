"""The spatial transformer and its three parts (Jaderberg et al. 2015, arXiv 1506.02025, section 3).

Coordinates are normalised: x to the right, y downwards, -1 and 1 the outer edges of the first and last pixel
(align_corners=False), so that theta means the same for every resolution of input and output.
"""

from __future__ import annotations

from typing import cast, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

IDENTITY = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@final
class LocalizationNet(nn.Module):
    """Regress how far theta lies from the identity (section 3.1).

    Two 5x5 convolutions, each with 2x2 max pooling and a ReLU, one hidden layer, and a linear layer that starts
    at zero: images (B, C, H, W) give (B, parameters), all zero at the start.
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        channels: tuple[int, int],
        hidden: int,
        parameters: int = 6,
    ) -> None:
        super().__init__()
        first, second = channels
        height, width = (((side - 4) // 2 - 4) // 2 for side in image_size)
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, first, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(first, second, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(second * height * width, hidden),
            nn.ReLU(),
        )
        self.output = nn.Linear(hidden, parameters)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, images: Tensor) -> Tensor:
        """Return offsets (B, parameters) from the identity."""
        offsets: Tensor = self.output(self.layers(images))
        return offsets


@final
class GridGenerator(nn.Module):
    """Turn affine theta (B, 2, 3) into the sampling grid (B, H, W, 2) of (x, y) (section 3.2, equation 1).

    The grid says for each output pixel where in the input it is taken from: theta maps output coordinates to
    input coordinates. `output_size` is (H, W). Computed in float32.
    """

    def __init__(self, output_size: tuple[int, int]) -> None:
        super().__init__()
        height, width = output_size
        y, x = torch.meshgrid(_pixel_centres(height), _pixel_centres(width), indexing="ij")
        self.register_buffer("lattice", torch.stack([x, y, torch.ones_like(x)], dim=-1), persistent=False)

    def forward(self, theta: Tensor) -> Tensor:
        """Return the sampling grid (B, H, W, 2)."""
        lattice = cast("Tensor", self.lattice)
        with torch.autocast(theta.device.type, enabled=False):
            return torch.einsum("hwp,bqp->bhwq", lattice, theta.float())


@final
class ImageSampler(nn.Module):
    """Sample images (B, C, H, W) bilinearly at a grid (B, H', W', 2) (section 3.3).

    Outside the image is black. Works in float32 whatever the autocast, because sampling in half precision can
    give NaN on the CPU.
    """

    def forward(self, images: Tensor, grid: Tensor) -> Tensor:
        """Return the sampled images (B, C, H', W')."""
        with torch.autocast(images.device.type, enabled=False):
            return F.grid_sample(
                images.float(), grid.float(), mode="bilinear", padding_mode="zeros", align_corners=False
            )


@final
class SpatialTransformer(nn.Module):
    """Warp each image by the affine theta that a localisation network reads from it.

    theta is the identity plus the network's offsets, so the transformer starts at the identity, and weight decay
    draws it there and not to an empty crop.
    """

    def __init__(self, localisation: LocalizationNet, output_size: tuple[int, int]) -> None:
        super().__init__()
        self.localisation = localisation
        self.grid = GridGenerator(output_size)
        self.sampler = ImageSampler()
        self.register_buffer("identity", torch.tensor(IDENTITY), persistent=False)

    def theta(self, images: Tensor) -> Tensor:
        """Return theta (B, 2, 3): normalised output coordinates to normalised input coordinates."""
        offsets: Tensor = self.localisation(images)
        return cast("Tensor", self.identity) + offsets.reshape(-1, 2, 3)

    def forward(self, images: Tensor) -> Tensor:
        """Return the warped images (B, C, H', W')."""
        warped: Tensor = self.sampler(images, self.grid(self.theta(images)))
        return warped


def _pixel_centres(count: int) -> Tensor:
    return (2 * torch.arange(count) + 1) / count - 1
