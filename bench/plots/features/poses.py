"""What becomes of the pose inside networks: whether it can be read, and how far models follow it."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runbench.plots.style import (
    FAINT,
    INK,
    ModelStyles,
    axis_title,
    draw_curve,
    line_legend,
    marker_legend,
    new_figure,
    new_panels,
    quiet_spines,
    styles_among,
)
from runbench.suites import Suite

LEAST_SHARE = -2.0
"""Shares of variance below this stand at the edge: a map may be worse than none by any amount."""

_DASHED = (0, (3, 2))


def plot_numbers_by_level(numbers: pd.DataFrame, suite: Suite, styles: ModelStyles) -> Figure:
    """Plot numbers that begin at 0 against level, a panel per title and in it a line and its band per model.

    numbers: title, model, level, value, low, high; titles in the order to be shown.
    """
    titles = list(dict.fromkeys(numbers["title"]))
    figure = new_figure(1.2 + 2.6 * len(titles))
    panels = figure.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0]
    shown = styles_among(styles, numbers["model"])
    for axes, title in zip(panels, titles, strict=True):
        part = numbers[numbers["title"] == title]
        for model, style in shown.items():
            draw_curve(axes, part[part["model"] == model].sort_values("level"), style)
        top = float(np.nanmax(part[["value", "high"]].to_numpy(np.float64)))
        axes.set_ylim(0, 1.06 * top or 1)
        axes.set_ylabel(title)
        quiet_spines(axes, "top", "right")
    panels[-1].set_xlabel(axis_title(suite))
    if suite.period:
        panels[-1].xaxis.set_major_locator(mpl.ticker.MultipleLocator(suite.period / 8))
    line_legend(figure, shown)
    return figure


def plot_pose_against_variance(points: pd.DataFrame, maps: pd.DataFrame, styles: ModelStyles) -> Figure:
    """Plot how well the pose can be read against how much features vary, and beside it learned maps against none.

    Both hold model, layer, x, x_low, x_high, y, y_low, y_high, a row per model and layer in the order of passing;
    a model's last layer is filled, earlier ones are hollow and joined to it. `maps` may be empty.
    """
    shown = styles_among(styles, {*points["model"], *maps["model"]})
    figure = new_figure(4.6)
    panels = figure.subplots(1, 2 if len(maps) else 1, squeeze=False)[0]
    _joined(panels[0], points, shown)
    panels[0].set(xlabel="normalised variance (0: invariant)", ylabel="pose decodability (held-out R²)")
    right = 1.06 * float(np.nanmax(points[["x", "x_high"]].to_numpy(np.float64)))
    panels[0].set(xlim=(0, right or 1), ylim=_shares(points[["y", "y_low"]]))
    if len(maps):
        _joined(panels[1], maps, shown)
        panels[1].axline((0, 0), slope=1, color=FAINT, linewidth=1, linestyle=_DASHED, zorder=0)
        panels[1].set(xlabel="explained without a map (R²)", ylabel="explained by a learned map (R²)")
        panels[1].set(xlim=_shares(maps[["x", "x_low"]]), ylim=_shares(maps[["y", "y_low"]]))
    for axes in panels:
        quiet_spines(axes, "top", "right")
    marker_legend(figure, shown)
    return figure


def _shares(columns: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of an axis of shares of variance: 0 and 1, or as far below as it takes."""
    lowest = max(float(np.nanmin(columns.to_numpy(np.float64))), LEAST_SHARE)
    return min(lowest, 0.0) - 0.04, 1.03


def _joined(axes: Axes, points: pd.DataFrame, styles: ModelStyles) -> None:
    for model, style in styles.items():
        part = points[points["model"] == model]
        part = part.assign(**part.select_dtypes("number").clip(lower=LEAST_SHARE))
        x, y = (part[name].to_numpy(np.float64) for name in ("x", "y"))
        axes.plot(x, y, color=style.colour, linewidth=0.8, alpha=0.6, zorder=2)
        for place, row in enumerate(part.to_dict(orient="records")):
            bar: dict[str, Any] = {"color": style.colour, "linewidth": 1.2, "alpha": 0.55, "zorder": 3}
            axes.plot([row["x_low"], row["x_high"]], [row["y"]] * 2, **bar)
            axes.plot([row["x"]] * 2, [row["y_low"], row["y_high"]], **bar)
            last = place == len(part) - 1
            face: dict[str, Any] = {
                "markerfacecolor": style.colour if last else "white",
                "markersize": 6,
                "zorder": 4,
            }
            axes.plot(row["x"], row["y"], color=style.colour, marker=style.marker, **face)


def plot_linearity(ranked: pd.DataFrame, styles: ModelStyles) -> Figure:
    """Plot the share of variance that follows the pose, a bar per dimension and a panel per model.

    ranked: model, rank (1 the most linear dimension), value, low, high, floor; dashed is what noise would reach.
    """
    models = list(dict.fromkeys(ranked["model"]))
    figure, panels = new_panels(len(models), 1.9, 0.7, sharex=True, sharey=True)
    for axes, model in zip(panels.ravel(), models, strict=False):
        part = ranked[ranked["model"] == model]
        axes.bar(part["rank"], part["value"], color=styles[model].colour, width=0.75, zorder=2)
        axes.vlines(part["rank"], part["low"], part["high"], color=INK, linewidth=1.2, zorder=3)
        axes.axhline(part["floor"].mean(), color=INK, linewidth=1.2, linestyle=_DASHED, zorder=3)
        axes.set(ylim=(0, 1), title=model)
        axes.grid(visible=False, axis="x")
        most = int(ranked["rank"].max())
        axes.set_xticks(range(1, most + 1, math.ceil(most / 8)))
        axes.set_xlim(0.4, most + 0.6)
        quiet_spines(axes, "top", "right")
    figure.supxlabel("dimensions of the capsule, the most linear first", fontsize=10)
    figure.supylabel("share of variance explained", fontsize=10)
    return figure
