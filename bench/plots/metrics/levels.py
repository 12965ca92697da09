"""Scores against the suite's axis: as lines, and around the circle where the axis closes on itself."""

from __future__ import annotations

import math

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
    level_text,
    line_legend,
    new_figure,
    percent_axis,
    quiet_spines,
    styles_among,
)
from runbench.suites import Suite

TICKS_PER_PERIOD = 8
LABELLED_DIRECTION = 202.5
"""Where the middle radius is written, in degrees counter-clockwise from the top."""


def over_seeds(rows: pd.DataFrame, *address: str, **further: tuple[str, str]) -> pd.DataFrame:
    """Return one row per model and address: value, low, high, `further` columns, on how many seeds and images.

    With one seed low and high are the row's own interval; with several, value is the mean over seeds and low and
    high are the lowest and highest seed.
    """
    groups = rows.groupby(["model", "architecture", "regime", *address], sort=False, observed=True, dropna=False)
    merged = groups.agg(
        value=("value", "mean"),
        low=("low", "first"),
        high=("high", "first"),
        lowest=("value", "min"),
        highest=("value", "max"),
        **further,
        seeds=("seed", "nunique"),
        count=("count", "first"),
    ).reset_index()
    several = merged["seeds"] > 1
    merged["low"] = merged["low"].mask(several, merged["lowest"])
    merged["high"] = merged["high"].mask(several, merged["highest"])
    return merged.drop(columns=["lowest", "highest"])


def curves_over_seeds(metrics: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return one row per model, subset and level of `metric`, as `over_seeds` does."""
    return over_seeds(metrics[(metrics["metric"] == metric) & metrics["level"].notna()], "subset", "level")


def plot_by_level(curves: pd.DataFrame, suite: Suite, styles: ModelStyles, label: str) -> Figure:
    """Plot a share against level, a line and its band per model, above a strip of what training covered.

    curves: model, regime, level, value, low, high.
    """
    figure, axes = _lines_above_strip(curves, suite, styles, label)
    top = float(curves["high"].max())
    axes.set_ylim(0, 1.02 if top > 0.5 else top * 1.08 or 0.01)
    percent_axis(axes.yaxis)
    return figure


def plot_beside_chance(
    curves: pd.DataFrame, suite: Suite, styles: ModelStyles, label: str, chance: float
) -> Figure:
    """Plot a number from 0 to 1 against level as `plot_by_level` does, with a dashed line at `chance`."""
    figure, axes = _lines_above_strip(curves, suite, styles, label)
    axes.axhline(chance, color=FAINT, linewidth=1.2, linestyle=(0, (3, 2)), zorder=1)
    axes.annotate(
        "chance",
        (0.005, chance),
        xycoords=axes.get_yaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8.5,
        color=INK,
    )
    axes.set_ylim(0, 1.02)
    return figure


def _lines_above_strip(curves: pd.DataFrame, suite: Suite, styles: ModelStyles, label: str) -> tuple[Figure, Axes]:
    """Draw a line and its band per model; return the figure and the axes of the lines."""
    regimes = list(dict.fromkeys(curves["regime"]))
    figure = new_figure(4.4 + 0.25 * len(regimes))
    axes, strip = figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": [12, 0.5 + 0.75 * len(regimes)]}
    )
    shown = styles_among(styles, curves["model"])
    for name, style in shown.items():
        draw_curve(axes, curves[curves["model"] == name].sort_values("level"), style)
    axes.set(ylabel=label, xlabel="")
    quiet_spines(axes, "top", "right")
    _training_strip(strip, suite, regimes, curves["level"])
    line_legend(figure, shown)
    return figure, axes


def plot_around_circle(curves: pd.DataFrame, suite: Suite, styles: ModelStyles, label: str) -> Figure:
    """Plot a share against level around a circle, one circle per architecture; suite.period is the full turn.

    curves: model, architecture, level, value, low, high. Zero points up and levels grow counter-clockwise.
    """
    period = suite.period or 2 * math.pi
    architectures = list(dict.fromkeys(curves["architecture"]))
    columns = min(3, len(architectures))
    rows = math.ceil(len(architectures) / columns)
    figure = new_figure(3.05 * rows + 0.75)
    shown = styles_among(styles, curves["model"])
    for number, architecture in enumerate(architectures, start=1):
        axes = figure.add_subplot(rows, columns, number, projection="polar")
        for name, part in curves[curves["architecture"] == architecture].groupby("model", sort=False):
            closed = _closed(part.sort_values("level"), period)
            draw_curve(axes, closed.assign(level=closed["level"] * 2 * math.pi / period), shown[str(name)])
        _circle(axes, period, suite.unit)
        axes.set_title(architecture, loc="center", pad=12)
    figure.suptitle(f"direction: {axis_title(suite)}; distance from the centre: {label}", fontsize=10, color=INK)
    line_legend(figure, shown)
    return figure


def _training_strip(strip: Axes, suite: Suite, regimes: list[str], levels: pd.Series[float]) -> None:
    """Mark, per regime, the levels that training covered; the identity among them even where no score is."""
    lowest, highest = min(float(levels.min()), suite.identity), max(float(levels.max()), suite.identity)
    for place, regime in enumerate(regimes):
        covered = suite.trained_range(regime)
        if covered is None:
            middle = (lowest + highest) / 2
            strip.text(middle, place, "single objects only", ha="center", va="center", fontsize=8.5, color=INK)
            continue
        low, high = covered
        left, right = max(low, lowest), min(high, highest)
        strip.plot([left, right], [place, place], color=INK, linewidth=5, solid_capstyle="butt")
        if left == right:
            strip.plot([left], [place], color=INK, marker="|", markersize=9, markeredgewidth=3)
    strip.set(
        yticks=range(len(regimes)),
        yticklabels=[f"{regime} training" for regime in regimes],
        ylim=(len(regimes) - 0.4, -0.6),
        xlabel=axis_title(suite),
    )
    strip.grid(visible=False, axis="y")
    quiet_spines(strip, "top", "right", "left")
    if suite.period:
        strip.xaxis.set_major_locator(mpl.ticker.MultipleLocator(suite.period / TICKS_PER_PERIOD))


def _closed(curve: pd.DataFrame, period: float) -> pd.DataFrame:
    """Repeat the first level a period later where the gap is no wider than the widest within the sweep."""
    levels = curve["level"].to_numpy(np.float64)
    gap = levels[0] + period - levels[-1]
    if len(levels) < 3 or gap > np.diff(levels).max() * 1.001:
        return curve
    first = curve.iloc[[0]].assign(level=levels[0] + period)
    return pd.concat([curve, first], ignore_index=True)


def _circle(axes: Axes, period: float, unit: str) -> None:
    axes.set_theta_zero_location("N")  # type: ignore[attr-defined]
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1.0], ["", "50%", "", ""], fontsize=8)
    axes.set_rlabel_position(LABELLED_DIRECTION)  # type: ignore[attr-defined]
    turns = np.arange(TICKS_PER_PERIOD) / TICKS_PER_PERIOD
    signed = np.where(turns > 0.5, turns - 1, turns) * period
    mark = "°" if unit == "degrees" else ""
    axes.set_xticks(turns * 2 * math.pi, [f"{level_text(value)}{mark}" for value in signed], fontsize=9)
    axes.tick_params(pad=1)
