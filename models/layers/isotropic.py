"""Where to look, whichever way the image is turned: heat maps by filters that have no direction."""

from typing import cast, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.shapes import Images

RING_WIDTH = 0.6
"""Standard deviation of a ring across its line, in pixels: the rings of neighbouring radii just overlap."""

LEAST_WEIGHT = 1e-6
"""Added to the sum of a heat map's weights, so that an image that is black all over has a map too: zero."""


@final
class IsotropicConv2d(nn.Module):
    """A convolution with filters that depend on the distance from their centre alone.

    A filter is a sum of Gaussian rings of radius 0, 1, 2, ... pixels, the harmonics of order 0 in Worrall et al.
    (2017, arXiv 1612.04642). So a turned image gives the same map turned: exactly for quarter turns, and else up
    to sampling. `kernel` is odd; sizes stay. There is no bias.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        radius = kernel // 2
        offsets = torch.arange(-radius, radius + 1.0)
        distance = torch.sqrt(offsets.square()[:, None] + offsets.square())
        radii = torch.arange(radius + 1.0)
        rings = torch.exp(-(distance - radii[:, None, None]).square() / (2 * RING_WIDTH**2))
        rings = rings / torch.linalg.vector_norm(rings, dim=(1, 2), keepdim=True)
        self.register_buffer("rings", rings, persistent=False)
        self.padding = radius
        self.weight = nn.Parameter(torch.empty(outputs, inputs, radius + 1))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")

    def forward(self, images: Images) -> Float[Tensor, "batch maps height width"]:
        """Return the maps of images."""
        filters = torch.einsum("oir,rhw->oihw", self.weight, cast("Tensor", self.rings))
        return F.conv2d(images, filters, padding=self.padding)


@final
class HeatMaps(nn.Module):
    """Weights of the places of images, none negative, each map of sum 1.

    A weight is the square of what two isotropic convolutions respond. Nothing has a bias, so black ground weighs
    nothing, and a map moves with the object as it turns with it.
    """

    def __init__(self, in_channels: int, maps: int, hidden: int = 8, kernel: int = 7) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            IsotropicConv2d(in_channels, hidden, kernel), nn.ReLU(), IsotropicConv2d(hidden, maps, kernel)
        )

    def forward(self, images: Images) -> Float[Tensor, "batch maps height width"]:
        """Return the heat maps, in float32."""
        responses: Tensor = self.layers(images)
        weights = responses.float().square()
        return weights / (weights.sum(dim=(-2, -1), keepdim=True) + LEAST_WEIGHT)


def centroids(maps: Float[Tensor, "batch maps height width"]) -> Float[Tensor, "batch maps 2"]:
    """Return the centroids of heat maps: (x, y) in pixels from the image's centre."""
    height, width = maps.shape[-2:]
    x = torch.arange(width, device=maps.device) - (width - 1) / 2
    y = torch.arange(height, device=maps.device) - (height - 1) / 2
    # Products and sums, not matrix products, which autocast would round to half precision.
    return torch.stack([(maps.sum(dim=-2) * x).sum(dim=-1), (maps.sum(dim=-1) * y).sum(dim=-1)], dim=-1)
