"""The decoder that draws images from class capsules (Sabour et al. 2017, arXiv 1710.09829, section 4.1)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.shapes import Capsules, Drawings, Images, Sets

Drawing = Literal["together", "apart"]


@final
class Decoder(nn.Module):
    """The network from capsules to images in [0, 1] (figure 2)."""

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

    def forward(self, capsules: Capsules) -> Images:
        """Return the images of capsules."""
        images: Tensor = self.layers(capsules)
        return images


def draw_each(decoder: Decoder, capsules: Capsules) -> Drawings:
    """Draw an image from each of the capsules alone, the others masked with zeros."""
    classes = capsules.shape[1]
    alone = capsules.unsqueeze(1) * torch.eye(classes, device=capsules.device).view(1, classes, classes, 1)
    drawn: Tensor = decoder(alone.flatten(0, 1))
    images: Tensor = drawn.unflatten(0, (-1, classes))
    return images


def draw_together(decoder: Decoder, capsules: Capsules, present: Sets) -> Images:
    """Draw images once from all capsules that are `present`."""
    images: Tensor = decoder(capsules * present.unsqueeze(-1))
    return images


def draw_apart(decoder: Decoder, capsules: Capsules, present: Sets) -> Images:
    """Draw images merged from one drawing of each capsule that is `present`.

    They are merged as pairs of digits are: min(sum, 1). Where one capsule is present, this is `draw_together`.
    """
    rows, classes = present.nonzero(as_tuple=True)
    alone = capsules[rows] * F.one_hot(classes, capsules.shape[1]).unsqueeze(-1)
    drawn: Tensor = decoder(alone)
    merged = drawn.new_zeros(len(capsules), *drawn.shape[1:]).index_add(0, rows, drawn)
    return merged.clamp(max=1)


DRAWINGS: Mapping[Drawing, Callable[[Decoder, Tensor, Tensor], Tensor]] = MappingProxyType(
    {"together": draw_together, "apart": draw_apart}
)
