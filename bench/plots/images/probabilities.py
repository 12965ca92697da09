"""One image along a suite's axis with every model's class probabilities under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import matplotlib as mpl
import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from runbench.plots.images.strips import MOST_COLUMNS, Classes, Images, Levels, Row, even_choice, plot_rows
from runbench.plots.style import FAINT, INK, axis_title, level_text, percent_axis
from runbench.suites import Suite

CLASS_ROW, TITLE = 0.125, 0.24
"""Height of a class and of a model's name, in inches."""

COLOURS = "Blues"
NO_SCORES = "#e9d9cf"
ROOM_FOR_SCALE = 0.65


@final
@dataclass(frozen=True)
class _Probabilities(Row):
    """Probabilities (L, K) as colours, a row per class; the classes of `labels` are set off."""

    title: str
    shares: Float[np.ndarray, "levels classes"]
    classes: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def columns(self) -> int:
        return len(self.shares)

    @property
    def names(self) -> Sequence[str]:
        return self.classes

    def height(self, side: float) -> float:  # noqa: ARG002
        return TITLE + CLASS_ROW * len(self.classes)

    def draw(self, axes: Axes) -> None:
        count, total = len(self.classes), self.height(0)
        foot = CLASS_ROW * count / total
        heights = foot * (1 - (np.arange(count) + 0.5) / count)
        colours = mpl.colormaps[COLOURS].with_extremes(bad=NO_SCORES)
        axes.imshow(
            np.ma.masked_invalid(self.shares.T),
            cmap=colours,
            vmin=0,
            vmax=1,
            extent=(0, self.columns, 0, foot),
            aspect="auto",
            interpolation="none",
        )
        axes.add_patch(Rectangle((0, 0), self.columns, foot, facecolor="none", edgecolor=FAINT, linewidth=0.6))
        axes.set_yticks(heights, self.classes, fontsize=6.5)
        for number in self.labels:
            axes.get_yticklabels()[number].set(fontweight="bold", fontsize=7.5)
            box = (0, heights[number] - foot / count / 2)
            axes.add_patch(
                Rectangle(box, self.columns, foot / count, facecolor="none", edgecolor=INK, linewidth=0.9)
            )
        axes.text(0, foot + 0.03 / total, self.title, fontsize=8.5, fontweight="bold", va="bottom")


def plot_probabilities(
    images: UInt8[np.ndarray, "levels *channels height width"],
    levels: Levels,
    labels: Classes,
    probabilities: Mapping[str, Float[np.ndarray, "levels classes"]],
    suite: Suite,
    classes: Sequence[str],
) -> Figure:
    """Plot one image at every level and, below, each model's class probabilities as colours, a row per class.

    images (L, H, W) or (L, C, H, W) uint8, levels (L,), labels (k,), probabilities (L, K) by model with NaN where
    scores were not finite, `classes` K names. The rows of the image's own classes are framed. Of many levels an
    even choice is shown, the identity among them.
    """
    columns = even_choice(len(levels), MOST_COLUMNS, int(np.abs(levels - suite.identity).argmin()))
    truth = tuple(int(label) for label in labels)
    rows: list[Row] = [Images("image", images[columns])]
    rows += [
        _Probabilities(model, shares[columns], tuple(classes), truth) for model, shares in probabilities.items()
    ]
    marks = [level_text(level) for level in levels[columns]]
    figure = plot_rows([rows], marks, axis_title(suite), right=ROOM_FOR_SCALE)
    first = figure.axes[1].get_position()
    scale = figure.add_axes(
        (first.x1 + 0.1 / figure.get_figwidth(), first.y0, 0.1 / figure.get_figwidth(), 0.8 * first.height)
    )
    bar = Colorbar(scale, ScalarMappable(mpl.colors.Normalize(0, 1), COLOURS), ticks=[0, 0.5, 1])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=7)
    percent_axis(bar.ax.yaxis)
    return figure
