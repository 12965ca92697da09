"""Two runs drawn over one another, and their differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from runbench.formatting import MINUS, signed
from runbench.plots.metrics.overview import UPRIGHT_LETTERS
from runbench.plots.style import (
    FAINT,
    INK,
    ModelStyles,
    axis_title,
    name_above,
    new_figure,
    new_panels,
    percent_axis,
    quiet_spines,
)
from runbench.suites import Suite

LINES: Mapping[str, Mapping[str, Any]] = {
    "A": {"linestyle": "-", "linewidth": 2.8},
    "B": {"linestyle": (0, (4, 1.6)), "linewidth": 1.4, "color": INK},
}
"""How the lines of each run are drawn, in the model's colour where none is named: B shows on top of A."""

SEPARATE: Mapping[str, Any] = {"marker": "|", "markersize": 8, "markeredgewidth": 1.5}
"""How a level is marked at which the runs separate."""

DIVERGING = "RdBu"
NARROWEST = 0.01
"""Half the width of an axis of differences, and of the matrix's colours, is at least this share."""


def plot_both_curves(curves: pd.DataFrame, suite: Suite, styles: ModelStyles, label: str) -> Figure:
    """Plot a share against level, a panel per model with a line and its band per run.

    curves: run (A or B), model, level, value, low, high, separated. Levels at which the runs separate are ticked
    above the axis.
    """
    models = [model for model in styles if model in set(curves["model"])]
    figure, panels = new_panels(len(models), 2.5, 0.8, sharex=True, sharey=True)
    top = float(curves[["value", "high"]].max().max())
    for axes, model in zip(panels.ravel(), models, strict=False):
        part = curves[curves["model"] == model].sort_values("level")
        for run, line in LINES.items():
            colour = line.get("color", styles[model].colour)
            own = part[part["run"] == run]
            axes.fill_between(own["level"], own["low"], own["high"], color=colour, alpha=0.15, linewidth=0)
            axes.plot(own["level"], own["value"], **{"color": colour, **line})
        for level in part.loc[part["separated"], "level"].unique():
            axes.plot(level, 0.025, color=INK, transform=axes.get_xaxis_transform(), **SEPARATE)
        axes.set_title(model, fontsize=10)
        axes.set_ylim(0, 1.02 if top > 0.5 else top * 1.08 or 0.01)
        percent_axis(axes.yaxis)
        quiet_spines(axes, "top", "right")
    for axes in panels[:, 0]:
        axes.set_ylabel(label)
    for axes in panels.ravel()[max(0, len(models) - panels.shape[1]) : len(models)]:
        axes.set_xlabel(axis_title(suite))
        axes.tick_params(labelbottom=True)
    handles = [Line2D([], [], label=run, **{"color": FAINT, **line}) for run, line in LINES.items()]
    handles.append(Line2D([], [], color=INK, linestyle="", label="A and B separate", **SEPARATE))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def plot_differences(differences: pd.DataFrame, styles: ModelStyles, label: str) -> Figure:
    """Plot each model's difference with its interval, in points; filled where the runs separate.

    differences: model, difference, low, high, separated.
    """
    figure = new_figure(1.7 + 0.36 * len(differences))
    axes = figure.add_subplot()
    axes.axvline(0, color=FAINT, linewidth=1.2, zorder=1)
    for place, row in enumerate(differences.to_dict(orient="records")):
        colour = styles[row["model"]].colour
        axes.plot([row["low"], row["high"]], [place] * 2, color=colour, linewidth=1.8, zorder=2)
        face = colour if row["separated"] else "white"
        axes.plot(row["difference"], place, marker="o", markersize=7, color=colour, markerfacecolor=face, zorder=3)
    widest = _widest(differences[["difference", "low", "high"]].to_numpy(np.float64)) * 1.08
    axes.set(
        yticks=range(len(differences)),
        yticklabels=list(differences["model"]),
        ylim=(len(differences) - 0.4, -0.6),
        xlim=(-widest, widest),
        xlabel=label,
    )
    _points_axis(axes)
    axes.grid(visible=False, axis="y")
    quiet_spines(axes, "top", "right", "left")
    handles = [
        Line2D([], [], color=INK, marker="o", markersize=7, markerfacecolor=face, label=name)
        for name, face in (("A and B separate", INK), ("they do not", "white"))
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def plot_difference_matrix(differences: pd.DataFrame) -> Figure:
    """Plot the differences of all suites and models as colour and number; a star where the runs separate.

    differences: suite, model, difference (a share, drawn in points), separated. What is not there stays empty.
    """
    models = list(dict.fromkeys(differences["model"]))
    suites = list(dict.fromkeys(differences["suite"]))
    marked = differences.assign(
        points=100 * differences["difference"], star=differences["separated"].astype(float)
    )
    points, stars = (
        marked.pivot_table(index="suite", columns="model", values=column).reindex(index=suites, columns=models)
        for column in ("points", "star")
    )
    written = points.map(signed) + stars.map(lambda star: "*" if star else "")
    widest = 100 * _widest(differences["difference"].to_numpy(np.float64))
    figure = new_figure(0.32 * len(points) + 1.5)
    axes = figure.add_subplot()
    sns.heatmap(
        points, annot=written, fmt="", vmin=-widest, vmax=widest, cmap=DIVERGING, linewidths=1.2,
        annot_kws={"fontsize": 8.5}, cbar_kws={"label": "A \N{MINUS SIGN} B, points"}, ax=axes,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    name_above(axes, slanted=sum(map(len, models)) > UPRIGHT_LETTERS)
    axes.grid(visible=False)
    return figure


def _widest(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return max(NARROWEST, float(np.abs(finite).max()) if finite.size else 0.0)


def _points_axis(axes: Axes) -> None:
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(7, steps=(1, 2, 5, 10), symmetric=True))
    axes.xaxis.set_major_formatter(lambda value, _: _points_text(100 * value))


def _points_text(points: float) -> str:
    written = f"{points:+.3g}".replace("-", MINUS)
    return written if abs(points) > 1e-9 else "0"
