"""How the images and weights of a network lie in memory: as the network's author expects, or as is fastest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import torch

from runbench.models.shapes import Images

Layout = Literal["contiguous", "channels-last"]
"""Contiguous is what a network expects that reshapes by `view`; built-in networks ask for channels-last."""

LAYOUTS: tuple[Layout, ...] = get_args(Layout)


def contiguous(images: Images) -> Images:
    """Return images row by row; with one channel only a copy has the strides that `view` needs further on."""
    return images.clone(memory_format=torch.contiguous_format)


def channels_last(images: Images) -> Images:
    """Return images pixel by pixel."""
    return images.contiguous(memory_format=torch.channels_last)


IMAGES: Mapping[Layout, Callable[[Images], Images]] = {"contiguous": contiguous, "channels-last": channels_last}
