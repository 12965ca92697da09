"""What accuracy costs."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runbench.plots.style import ModelStyles, marker_legend, new_panels, percent_axis, quiet_spines, styles_among

LOGARITHMIC_FROM = 3.0
"""Costs that differ by more than this factor are drawn on a logarithmic axis."""


def plot_accuracy_against_costs(points: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot a share against each cost in a panel of its own, a point per model.

    points: model, cost, title, cost_value, value, low, high.
    """
    costs = list(dict.fromkeys(points["metric"]))
    figure, panels = new_panels(len(costs), 2.7, 0.7, sharey=True)
    for axes, cost in zip(panels.ravel(), costs, strict=False):
        part = points[points["metric"] == cost]
        for row in part.to_dict(orient="records"):
            style = styles[row["model"]]
            place = [row["cost_value"]] * 2
            axes.plot(place, [row["low"], row["high"]], color=style.colour, linewidth=1.4)
            axes.plot(row["cost_value"], row["value"], color=style.colour, marker=style.marker, markersize=6)
        _cost_axis(axes, part)
    for axes in panels[:, 0]:
        axes.set_ylabel(label)
    marker_legend(figure, styles_among(styles, points["model"]))
    return figure


def _cost_axis(axes: Axes, part: pd.DataFrame) -> None:
    low, high = float(part["cost_value"].min()), float(part["cost_value"].max())
    axes.set_xlabel(str(part["title"].iloc[0]))
    if low > 0 and high / low > LOGARITHMIC_FROM:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.25, high * 1.25)
        axes.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    else:
        axes.set_xlim(0, high * 1.15 or 1)
    axes.xaxis.set_major_formatter(lambda value, _: _cost_text(value))
    percent_axis(axes.yaxis)
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), 1.02)
    quiet_spines(axes, "top", "right")


def _cost_text(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
