"""Figures made of rows that share their columns: images side by side, words below them, maps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Integer, UInt8
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from runbench.plots.style import INK, WIDTH, WRONG, quiet_spines

Array = npt.NDArray[Any]

Pictures = UInt8[np.ndarray, "images *channels height width"]
Picture = UInt8[np.ndarray, "height width 3"]
AlongAxis = UInt8[np.ndarray, "samples levels *channels height width"]
Levels = Float[np.ndarray, "levels"]
Epochs = Integer[np.ndarray, "epochs"]
Classes = Integer[np.ndarray, "objects"]
OfSamples = Integer[np.ndarray, "samples *objects"]
OfImages = Integer[np.ndarray, "images *objects"]
Places = Integer[np.ndarray, "places"]

MOST_COLUMNS = 24

WIDEST, LARGEST_IMAGE = 9.5, 0.8
LETTER, ROOM_LEFT, ROOM_RIGHT = 0.07, 0.25, 0.1
ROOM_ABOVE, GAP, GAP_OF_BLOCKS = 0.07, 0.04, 0.16
TICKS, TICKS_UPRIGHT, AXIS_TITLE = 0.22, 0.42, 0.22
TEXT_ROW = 0.19
"""All in inches: the figure at most, an image at most, a letter of a row's name, margins and gaps, and rows."""


class Row(ABC):
    """Draw one row of a figure, a unit wide per column, from 0 at its foot to 1 at its head."""

    title: str

    @property
    @abstractmethod
    def columns(self) -> int:
        """Return how many columns the row fills."""

    @property
    def names(self) -> Sequence[str]:
        """Return what stands to the left of the row: its title."""
        return (self.title,)

    def height(self, side: float) -> float:
        """Return the row's height in inches where columns are `side` inches wide: square."""
        return side

    @abstractmethod
    def draw(self, axes: Axes) -> None:
        """Draw the row into axes whose limits are set."""


@final
@dataclass(frozen=True)
class Images(Row):
    """A row of images (N, H, W) or (N, C, H, W) uint8; `framed` ones stand in a frame."""

    title: str
    images: Pictures
    framed: tuple[bool, ...] = ()

    @property
    def columns(self) -> int:
        """Return how many images there are."""
        return len(self.images)

    def draw(self, axes: Axes) -> None:
        """Show the images, a pixel apart."""
        show_pixels(axes, joined(self.images), (0, self.columns, 0, 1))
        axes.set_yticks([0.5], [self.title], fontsize=8.5)
        for column, framed in enumerate(self.framed):
            if framed:
                axes.add_patch(
                    Rectangle((column + 0.03, 0.03), 0.94, 0.94, facecolor="none", edgecolor=WRONG, linewidth=1.6)
                )


@final
@dataclass(frozen=True)
class Words(Row):
    """Write a few words per column, the first of each in the first colour and so on; white where boxed."""

    title: str
    words: tuple[tuple[str, ...], ...]
    boxed: tuple[bool, ...] = ()
    colours: tuple[str, ...] = (INK,)

    @property
    def columns(self) -> int:
        """Return how many columns have words."""
        return len(self.words)

    def height(self, side: float) -> float:  # noqa: ARG002
        """Return the height of a line."""
        return TEXT_ROW

    def draw(self, axes: Axes) -> None:
        """Write the words, in a filled box where it is asked for."""
        boxed = self.boxed or (False,) * self.columns
        for column, (words, box) in enumerate(zip(self.words, boxed, strict=True)):
            if box:
                axes.add_patch(Rectangle((column + 0.04, 0.02), 0.92, 0.96, facecolor=WRONG, edgecolor="none"))
            for place, word in enumerate(words):
                axes.text(
                    column + 0.5 + 0.28 * (place - (len(words) - 1) / 2),
                    0.5,
                    word,
                    ha="center",
                    va="center_baseline",
                    fontsize=8.5,
                    fontweight="bold" if box or len(self.colours) > 1 else "normal",
                    color="white" if box else self.colours[place % len(self.colours)],
                )
        axes.set_yticks([0.5], [self.title], fontsize=8.5)


def plot_rows(
    blocks: Sequence[Sequence[Row]], ticks: Sequence[str] = (), label: str = "", right: float = ROOM_RIGHT
) -> Figure:
    """Plot blocks of rows under each other, with `ticks` and the axis's `label` below the last.

    Everything is placed by hand: images stay square, and no layout engine has to measure every word. `right` is
    the room to the right in inches.
    """
    rows = [row for block in blocks for row in block]
    columns = max(row.columns for row in rows)
    left = ROOM_LEFT + LETTER * max(len(name) for row in rows for name in row.names)
    side = min((WIDEST - left - right) / columns, LARGEST_IMAGE)
    upright = len(ticks) > 16 or (len(ticks) > 0 and max(map(len, ticks)) * LETTER > side)
    below = (TICKS_UPRIGHT if upright else TICKS) * bool(ticks) + AXIS_TITLE * bool(label) + 0.08
    gaps = [gap for block in blocks for gap in (*[GAP] * (len(block) - 1), GAP_OF_BLOCKS)]
    tall = ROOM_ABOVE + sum(row.height(side) for row in rows) + sum(gaps[:-1]) + below
    width = max(left + side * columns + right, WIDTH)
    figure = Figure(figsize=(width, tall))
    top = tall - ROOM_ABOVE
    for row, gap in zip(rows, gaps, strict=True):
        height = row.height(side)
        axes = figure.add_axes((left / width, (top - height) / tall, side * row.columns / width, height / tall))
        axes.set(xlim=(0, row.columns), ylim=(0, 1), xticks=[], yticks=[])
        row.draw(axes)
        axes.set(xlim=(0, row.columns), ylim=(0, 1))
        axes.tick_params(length=0, pad=4)
        axes.grid(visible=False)
        quiet_spines(axes, "top", "right", "left", "bottom")
        top -= height + gap
    if ticks:
        places = np.arange(len(ticks)) + 0.5
        axes.set_xticks(places, ticks, fontsize=8, rotation=90 if upright else 0)
    axes.set_xlabel(label)
    return figure


def show_pixels(axes: Axes, picture: Picture, extent: tuple[float, float, float, float]) -> None:
    """Show a picture (H, W, 3) uint8 pixel by pixel: stored as it is, a tenth of what it takes enlarged."""
    axes.imshow(picture, extent=extent, aspect="auto", interpolation="none")


def joined(images: Pictures) -> UInt8[np.ndarray, "height joined 3"]:
    """Join images (N, H, W) or (N, C, H, W) side by side on white, a pixel apart, as (H, W', 3) uint8."""
    padded = np.pad(coloured(images), [(0, 0), (0, 0), (1, 1), (0, 0)], constant_values=255)
    return np.concatenate(list(padded), axis=1)


def coloured(images: Pictures) -> UInt8[np.ndarray, "images height width 3"]:
    """Return images (N, H, W) or (N, C, H, W) uint8 as (N, H, W, 3): of other than three channels their mean."""
    channels = images[:, None] if images.ndim == 3 else images
    if channels.shape[1] not in (1, 3):
        channels = channels.mean(axis=1, keepdims=True).round().astype(np.uint8)
    return np.moveaxis(np.repeat(channels, 3 // channels.shape[1], axis=1), 1, -1)


def class_text(classes: Classes) -> str:
    """Write the classes (k,) of an image; a dash where there are none."""
    return "\N{EN DASH}" if (classes < 0).any() else " ".join(str(number) for number in classes)


def even_choice(count: int, most: int, *kept: int) -> Places:
    """Return at most `most` of `count` places, evenly apart, `kept` among them."""
    if count <= most:
        return np.arange(count)
    even = np.linspace(0, count - 1, most - len(kept)).round().astype(int)
    return np.unique([*even, *kept])
