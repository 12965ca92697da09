"""Scores of parts of the test images, a place per part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runbench.plots.style import ModelStyles, marker_legend, new_figure, percent_axis, quiet_spines, styles_among

SPREAD, STEP = 0.6, 0.12
"""Share of a place over which the models are spread at most, and from one to the next."""


def plot_by_subset(scores: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot each score in a panel of its own, a place per subset and beside one another a point per model.

    scores: model, title, subset, value, low, high, count; titles and subsets in the order to be shown.
    """
    titles, subsets = (list(dict.fromkeys(scores[column])) for column in ("title", "subset"))
    figure = new_figure(2.5 * len(titles) + 1.1)
    panels = figure.subplots(len(titles), 1, sharex=True, squeeze=False)[:, 0]
    shown = styles_among(styles, scores["model"])
    for axes, title in zip(panels, titles, strict=True):
        _points(axes, scores[scores["title"] == title], subsets, shown)
        axes.set(ylabel=title, ylim=(-0.02, 1.04))
        percent_axis(axes.yaxis)
        axes.grid(visible=False, axis="x")
        quiet_spines(axes, "top", "right")
    images = scores.groupby("subset", observed=True)["count"].max()
    marks = [f"{subset}\n{int(images[subset]):,} images" for subset in subsets]
    panels[-1].set_xticks(range(len(subsets)), marks)
    panels[-1].set(xlabel=label, xlim=(-0.5, len(subsets) - 0.5))
    marker_legend(figure, shown)
    return figure


def _points(axes: Axes, scores: pd.DataFrame, subsets: list[str], styles: ModelStyles) -> None:
    half = min(SPREAD, STEP * (len(styles) - 1)) / 2
    offsets = np.linspace(-half, half, len(styles))
    for offset, (model, style) in zip(offsets, styles.items(), strict=True):
        for row in scores[scores["model"] == model].to_dict(orient="records"):
            place = subsets.index(row["subset"]) + offset
            axes.plot([place] * 2, [row["low"], row["high"]], color=style.colour, linewidth=1.6)
            axes.plot(place, row["value"], color=style.colour, marker=style.marker, markersize=5)
