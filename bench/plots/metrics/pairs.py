"""Models against each other: differences on the same images, and whether consistency is more than accuracy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation, Transform

from runbench.formatting import signed
from runbench.plots.metrics.overview import EQUAL_CONTRAST
from runbench.plots.style import (
    FAINT,
    INK,
    ModelStyles,
    colour_bar,
    marker_legend,
    name_above,
    new_figure,
    percent_axis,
    quiet_spines,
)

COLOURS = "RdBu"
"""Diverging: red where the row is behind, white at no difference, blue where it is ahead."""

LEAST_SPAN = 0.01
"""The least by which the colours reach out from 0: below a point, differences look as small as they are."""

HEADROOM = 1.25
"""By how much the colours reach further than the differences: their ends are nearly black."""

UPRIGHT_LETTERS = 62
"""Letters of names, each as long as the longest, that fit side by side above the columns."""

SEPARATED = "the test separates the two models"


def plot_differences(pairs: pd.DataFrame, ranks: Mapping[str, int], label: str) -> Figure:
    """Plot the difference of each two models, row minus column, as colour and in points, a dot where they part.

    pairs: model, other, difference (model minus other), separated, each pair once. `ranks` gives the models in the
    order to be shown, with the rank that stands beside the name. A pair that was not compared stays empty.
    """
    models = list(ranks)
    place = {model: number for number, model in enumerate(models)}
    span = 100 * max(LEAST_SPAN, float(pairs["difference"].abs().max()))
    longest = max(map(len, models))
    slanted = longest * len(models) > UPRIGHT_LETTERS
    figure = new_figure(1.5 + 0.36 * len(models) + (0.055 * longest if slanted else 0.0))
    axes = figure.add_subplot()
    inwards = axes.transData + ScaledTranslation(-4.5 / 72, -4.5 / 72, figure.dpi_scale_trans)
    for row in pairs.to_dict(orient="records"):
        first, second, difference = place[row["model"]], place[row["other"]], 100 * row["difference"]
        for corner, points in (((first, second), difference), ((second, first), -difference)):
            _cell(axes, corner, points, span, size=7.5 if len(models) > 10 else 8.5)
            if row["separated"]:
                _dot(axes, corner, points, span, inwards)
    for number in range(len(models)):
        axes.add_patch(Rectangle((number - 0.5, number - 0.5), 1, 1, facecolor="#eeeeee", edgecolor="white"))
    _name_both_axes(axes, ranks, slanted=slanted)
    scale = mpl.colors.Normalize(-HEADROOM * span, HEADROOM * span)
    bar = colour_bar(figure, axes, scale, COLOURS, fraction=0.04, aspect=60, pad=0.02)
    # As far as the differences reach
    bar.ax.set_xlim(-span, span)
    bar.set_label(label, fontsize=9)
    dot = Line2D([], [], color=INK, linestyle="", marker="o", markersize=4, label=SEPARATED)
    figure.legend(handles=[dot], loc="outside lower center", handlelength=1.0)
    return figure


def plot_agreement(points: pd.DataFrame, styles: ModelStyles, x_label: str, y_label: str) -> Figure:
    """Plot one share against another, a panel per series, a point with both intervals per model.

    points: series, model, x, x_low, x_high, y, y_low, y_high; series in the order to be shown. The panels share
    their axes; the diagonal is where both shares are equal.
    """
    series = list(dict.fromkeys(points["series"]))
    models = list(dict.fromkeys(points["model"]))
    figure = new_figure(3.7 + 0.2 * math.ceil(len(models) / 3))
    panels = figure.subplots(1, len(series), sharex=True, sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, series, strict=True):
        axes.axline((0, 0), slope=1, color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
        for row in points[points["series"] == name].to_dict(orient="records"):
            style = styles[row["model"]]
            axes.plot([row["x_low"], row["x_high"]], [row["y"]] * 2, color=style.colour, linewidth=1.2)
            axes.plot([row["x"]] * 2, [row["y_low"], row["y_high"]], color=style.colour, linewidth=1.2)
            axes.plot(row["x"], row["y"], color=style.colour, marker=style.marker, markersize=5)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel(x_label)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(mpl.ticker.MaxNLocator(6, steps=(1, 2, 5, 10)))
            percent_axis(axis)
        quiet_spines(axes, "top", "right")
    lowest = float(np.nanmin(points[["x", "x_low", "y", "y_low"]].to_numpy(np.float64)))
    start = max(0.0, np.floor((lowest - 0.02) * 10) / 10)
    margin = 0.015 * (1 - start)
    panels[0].set(xlim=(start - margin, 1 + margin), ylim=(start - margin, 1 + margin), ylabel=y_label)
    marker_legend(figure, {name: styles[name] for name in models})
    return figure


def _cell(axes: Axes, corner: tuple[int, int], points: float, span: float, size: float) -> None:
    """Fill the cell at (row, column) with the colour of a difference, and write it in points."""
    row, column = corner
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=_colour(points, span), edgecolor="white"))
    axes.text(column, row, signed(points), ha="center", va="center", fontsize=size, color=_ink_on(points, span))


def _dot(axes: Axes, corner: tuple[int, int], points: float, span: float, inwards: Transform) -> None:
    """Put a dot into the upper right of the cell at (row, column), as far from its edges in any size of cell."""
    row, column = corner
    axes.plot(column + 0.5, row - 0.5, color=_ink_on(points, span), marker="o", markersize=3, transform=inwards)


def _colour(points: float, span: float) -> tuple[float, float, float, float]:
    return mpl.colormaps[COLOURS]((points / (HEADROOM * span) + 1) / 2)


def _ink_on(points: float, span: float) -> str:
    """Return black or white, whichever stands out more from the colour of a difference."""
    return "black" if sns.utils.relative_luminance(_colour(points, span)) > EQUAL_CONTRAST else "white"


def _name_both_axes(axes: Axes, ranks: Mapping[str, int], *, slanted: bool) -> None:
    edge = len(ranks) - 0.5
    axes.set(
        xlim=(-0.5, edge),
        ylim=(edge, -0.5),
        xticks=range(len(ranks)),
        yticks=range(len(ranks)),
        xticklabels=list(ranks),
        yticklabels=[f"{model}  (rank {rank})" for model, rank in ranks.items()],
    )
    name_above(axes, slanted=slanted)
    axes.grid(visible=False)
    quiet_spines(axes, "left", "right", "top", "bottom")
