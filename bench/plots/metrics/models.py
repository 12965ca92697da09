"""Scores of the whole sweep, a row per model."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from runbench.plots.style import FAINT, INK, ModelStyles, new_figure, percent_axis, quiet_spines

_MARKERS = ("o", "D", "^", "s", "v")
_INTERVAL: dict[str, Any] = {"linewidth": 8, "solid_capstyle": "butt", "zorder": 3}
"""How intervals are drawn: wide and pale, so that they show around a marker that is wider than they are long."""


def long_scores(summary: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Return one row per model and series from summary columns: series, value, low, high.

    `columns` maps a summary column to the name of its series; what a model does not have has no row.
    """
    parts = []
    for column, series in columns.items():
        if column in summary:
            part = summary[["model", "architecture", "regime", "seeds", "count"]].assign(series=series)
            part = part.assign(value=summary[column], low=summary[f"{column}_low"])
            parts.append(part.assign(high=summary[f"{column}_high"]))
    if not parts:
        return pd.DataFrame(columns=["model", "architecture", "regime", "seeds", "count", "series", "value"])
    long = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    order = {model: place for place, model in enumerate(summary["model"])}
    return long.sort_values("model", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def plot_range(scores: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot the series of each model on one line, joined from lowest to highest.

    scores: model, series, value, low, high, as `long_scores` gives them.
    """
    models = list(dict.fromkeys(scores["model"]))
    figure = new_figure(1.5 + 0.42 * len(models))
    axes = figure.add_subplot()
    for place, model in enumerate(models):
        values = scores.loc[scores["model"] == model, "value"]
        axes.plot([values.min(), values.max()], [place, place], color=FAINT, linewidth=2.5, zorder=1)
    _points(axes, scores, models, styles, spread=0.0)
    _model_axis(axes, models, label)
    _series_legend(figure, list(dict.fromkeys(scores["series"])))
    return figure


def plot_side_by_side(scores: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot the series of each model under one another with their intervals.

    scores: model, series, value, low, high, as `long_scores` gives them.
    """
    models = list(dict.fromkeys(scores["model"]))
    series = list(dict.fromkeys(scores["series"]))
    figure = new_figure(1.5 + min(0.26 + 0.14 * len(series), 0.6) * len(models))
    axes = figure.add_subplot()
    _points(axes, scores, models, styles, spread=0.5)
    for place in range(1, len(models)):
        axes.axhline(place - 0.5, color="#eeeeee", linewidth=1, zorder=0)
    _model_axis(axes, models, label)
    _series_legend(figure, series)
    return figure


def plot_zoomed(scores: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot the series of each model as `plot_side_by_side` does, on an axis that begins where the numbers do.

    scores: model, series, value, low, high, as `long_scores` gives them.
    """
    figure = plot_side_by_side(scores, styles, label)
    lowest = float(np.nanmin(scores[["value", "low"]].to_numpy(np.float64)))
    start = max(0.0, np.floor((lowest - 0.01) * 20) / 20)
    axes = figure.axes[0]
    axes.set_xlim(start - 0.02 * (1 - start), 1 + 0.02 * (1 - start))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6, steps=(1, 2, 5, 10)))
    return figure


def _points(axes: Axes, scores: pd.DataFrame, models: list[str], styles: ModelStyles, spread: float) -> None:
    """Draw each value at its model's row, the series apart by `spread` of a row in all."""
    series = list(dict.fromkeys(scores["series"]))
    places = np.linspace(-spread / 2, spread / 2, len(series)) if len(series) > 1 else np.zeros(1)
    offsets = dict(zip(series, places, strict=True))
    for row in scores.to_dict(orient="records"):
        place = models.index(row["model"]) + offsets[row["series"]]
        colour = styles[row["model"]].colour
        marker = _MARKERS[series.index(row["series"]) % len(_MARKERS)]
        axes.plot([row["low"], row["high"]], [place] * 2, color=colour, alpha=0.35, **_INTERVAL)
        axes.plot(row["value"], place, color=colour, marker=marker, markersize=5, zorder=4)


def _model_axis(axes: Axes, models: list[str], label: str) -> None:
    axes.set(
        yticks=range(len(models)),
        yticklabels=models,
        ylim=(len(models) - 0.4, -0.6),
        xlim=(-0.02, 1.02),
        xlabel=label,
    )
    axes.xaxis.set_major_locator(mpl.ticker.MultipleLocator(0.2))
    percent_axis(axes.xaxis)
    axes.grid(visible=False, axis="y")
    quiet_spines(axes, "top", "right", "left")


def _series_legend(figure: Figure, series: list[str]) -> None:
    handles = [
        Line2D([], [], color=INK, linestyle="", marker=_MARKERS[place % len(_MARKERS)], markersize=7, label=name)
        for place, name in enumerate(series)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(3, len(series)), handlelength=1.2)
