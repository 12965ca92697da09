"""Where an object lies on its suite's canvas."""

from collections.abc import Callable, Mapping

import torch
from torch import Generator
from torch.nn.functional import pad

from runbench.data.shapes import Canvases, Corners, Pixels
from runbench.transforms.pixels import take


def place(images: Pixels, canvas: int, offsets: Corners) -> Canvases:
    """Lay images (B, C, h, w) on black canvases (B, C, canvas, canvas), their corners at offsets (B, 2).

    Offsets are whole pixels, rows then columns; what falls outside the canvas is lost.
    """
    height, width = images.shape[-2:]
    if (offsets == offsets[:1]).all():
        top, left = (int(offset) for offset in offsets[0])
        return pad(images, (left, canvas - width - left, top, canvas - height - top))
    line = torch.arange(canvas, device=images.device)
    return take(images, line - offsets[:, :1], line - offsets[:, 1:])


def centred_offsets(count: int, size: tuple[int, int], canvas: int, generator: Generator) -> Corners:  # noqa: ARG001
    """Return the offsets (count, 2) that centre images of `size` (height, width) on a canvas."""
    return torch.tensor([(canvas - size[0]) // 2, (canvas - size[1]) // 2]).expand(count, 2)


def random_offsets(count: int, size: tuple[int, int], canvas: int, generator: Generator) -> Corners:
    """Return offsets (count, 2), uniform over the places where images of `size` lie wholly on the canvas."""
    spare = torch.tensor([canvas - size[0] + 1, canvas - size[1] + 1])
    return (torch.rand(count, 2, generator=generator) * spare).long()


PLACEMENTS: Mapping[str, Callable[[int, tuple[int, int], int, Generator], Corners]] = {
    "centred": centred_offsets,
    "random": random_offsets,
}
"""Offsets (count, 2) of `count` images of a size on a canvas, by the name of a suite's placement."""
