"""How the images and weights of a network lie in memory: as its author expects, or as is fastest. No torch."""

from typing import Literal, get_args

Layout = Literal["contiguous", "channels-last"]
"""Contiguous is what a network expects that reshapes by `view`; built-in networks ask for channels-last."""

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
