"""Whole-pixel moves of batches, each image its own way, without a loop over samples."""

import torch
from jaxtyping import Integer, Num
from torch import Tensor

from runbench.transforms.shapes import Corners, Pixels


def boxes(images: Pixels) -> tuple[Corners, Corners]:
    """Return the bounding boxes of what is not black in images: the first pixel, and the size.

    An image that is all black has its whole self for a box.
    """
    ink = images.amax(dim=1) > 0
    first, size = [], []
    for across, side in ((2, ink.shape[1]), (1, ink.shape[2])):
        line = ink.any(dim=across).int()
        begin = line.argmax(dim=1)
        first.append(begin)
        size.append(side - line.flip(1).argmax(dim=1) - begin)
    return torch.stack(first, dim=1), torch.stack(size, dim=1)


def take(
    images: Pixels, rows: Integer[Tensor, "batch rows"], columns: Integer[Tensor, "batch columns"]
) -> Num[Tensor, "batch channels rows columns"]:
    """Return images made of the given rows and columns of images.

    A row or column that is not there is black.
    """
    channels, height, width = images.shape[1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
    lines = rows.clamp(0, height - 1)[:, None, :, None].expand(-1, channels, -1, width)
    picked = images.gather(2, lines)
    places = columns.clamp(0, width - 1)[:, None, None].expand(-1, channels, rows.shape[1], -1)
    return picked.gather(3, places) * inside[:, None]


def shift(images: Pixels, offsets: Corners) -> Pixels:
    """Move images by whole pixels, rows down and columns to the right; black comes in."""
    rows = torch.arange(images.shape[2], device=images.device) - offsets[:, :1]
    columns = torch.arange(images.shape[3], device=images.device) - offsets[:, 1:]
    return take(images, rows, columns)


def rearrange(
    images: Pixels, rows: Integer[Tensor, "batch height width"], columns: Integer[Tensor, "batch height width"]
) -> Pixels:
    """Return images whose pixel (y, x) is at (rows, columns) of images.

    A place that is not there is black.
    """
    channels, height, width = images.shape[1:]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    source = torch.where(inside, rows * width + columns, 0).flatten(1)
    picked = images.flatten(2).gather(2, source[:, None].expand(-1, channels, -1))
    return picked.reshape(images.shape) * inside[:, None]
