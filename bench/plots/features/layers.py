"""Metrics of features layer by layer: as maps of layer and level, and as profiles through a network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from runbench.plots.images.strips import even_choice
from runbench.plots.metrics.levels import over_seeds
from runbench.plots.style import (
    FAINT,
    INK,
    ModelStyle,
    ModelStyles,
    axis_title,
    colour_bar,
    level_text,
    new_figure,
    quiet_spines,
)
from runbench.suites import Suite

MOST_LAYERS, MOST_LABELS, LONGEST_NAME = 30, 13, 34
"""Layers drawn of one model, levels named below a map, and letters of a layer's name."""

ROW, HEADING, BELOW, BAR = 0.17, 0.3, 1.15, 0.14
"""Heights in inches: a layer, the name of a model, all below the maps and in it the bar of colours."""

COLOURS = "viridis_r"

SMALL, FEW = 0.01, 100
"""Logarithmic axes that begin below the first are labelled in powers of ten; of those that span less than the
second, 2 and 5 of each decade are labelled too."""

_UNKNOWN: dict[str, Any] = {"facecolor": "#ececec", "edgecolor": "#c4c4c4", "hatch": "////"}
"""How places without a number look."""

LEAST_RATIO, LEAST_SPAN = 0.5, 10.0
"""Ratios below the first share its colour, however small; colours reach to at least the second, so that small
differences do not look large."""


def features_over_seeds(features: pd.DataFrame, metric: str, models: Sequence[str]) -> pd.DataFrame:
    """Return one row per model, layer, dimension and level of `metric`, in the order of `models` and of layers.

    As `over_seeds` does; the floor is the mean over seeds.
    """
    rows = features[features["metric"] == metric]
    measured = over_seeds(rows, "layer", "dimension", "level", floor=("floor", "mean"))
    order = {model: place for place, model in enumerate(models)}
    return measured.sort_values("model", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def plot_ratio_maps(maps: pd.DataFrame, suite: Suite, label: str) -> Figure:
    """Plot a ratio by layer and level as colour on a log scale, a map per model under one scale.

    maps: model, layer, level, value; models and layers in the order to be shown. Where value is null, or there is
    no row, the place is hatched.
    """
    known = maps["value"].dropna()
    lowest, highest = float(known.min().clip(LEAST_RATIO, 1)), max(LEAST_SPAN, float(known.max()))
    figure, bar = _maps(maps, suite, LogNorm(lowest, highest), label)
    bar.xaxis.set_major_locator(mpl.ticker.LogLocator(10, subs=(1, 2, 5) if highest < FEW * lowest else (1,)))
    bar.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: level_text(value)))
    bar.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    return figure


def plot_distance_maps(maps: pd.DataFrame, suite: Suite, label: str) -> Figure:
    """Plot a distance by layer and level as colour from 0 to 1, above which all is one colour.

    maps: as `plot_ratio_maps` takes them.
    """
    figure, _ = _maps(maps, suite, Normalize(0, 1), label)
    return figure


def _maps(maps: pd.DataFrame, suite: Suite, scale: Normalize, label: str) -> tuple[Figure, Axes]:
    """Draw the maps; return the figure and the axes of its colours."""
    tables = {
        str(model): part.pivot_table(index="layer", columns="level", values="value", sort=False, dropna=False)
        for model, part in maps.groupby("model", sort=False)
    }
    # The identity has a column, hatched where it has no number: without it its neighbours would touch.
    levels = np.unique([*maps["level"], suite.identity])
    tables = {
        model: table.iloc[even_choice(len(table), MOST_LAYERS)].reindex(columns=levels)
        for model, table in tables.items()
    }
    rows = [len(table) for table in tables.values()]
    figure = new_figure(ROW * sum(rows) + HEADING * len(rows) + BELOW)
    panels = figure.subplots(len(tables), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": rows})
    for axes, (model, table) in zip(panels[:, 0], tables.items(), strict=True):
        axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, linewidth=0, **_UNKNOWN))
        shown = np.ma.masked_invalid(table.to_numpy(np.float64))
        axes.pcolormesh(shown, norm=scale, cmap=COLOURS, edgecolors="white", linewidth=0.6)
        names = short_names([str(layer) for layer in table.index])
        axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=7.5)
        axes.set(ylim=(len(names), 0), xlim=(0, len(levels)))
        axes.set_title(model, fontsize=9.5, pad=4)
        axes.tick_params(length=0, pad=3)
        axes.grid(visible=False)
        quiet_spines(axes, "top", "right", "left", "bottom")
    last = panels[-1, 0]
    step = int(np.ceil(len(levels) / MOST_LABELS))
    named = np.arange(int(np.abs(levels - suite.identity).argmin()) % step, len(levels), step)
    last.set_xticks(named + 0.5, [level_text(level) for level in levels[named]], fontsize=8)
    last.set_xlabel(axis_title(suite))
    bar = colour_bar(
        figure,
        list(panels[:, 0]),
        scale,
        COLOURS,
        extend=_beyond(maps["value"], scale),
        fraction=BAR / figure.get_figheight(),
        aspect=50,
        pad=BAR / figure.get_figheight(),
    )
    bar.set_label(label, fontsize=9)
    return figure, bar.ax


def _beyond(values: pd.Series[float], scale: Normalize) -> Literal["neither", "min", "max", "both"]:
    """Say on which sides of the scale there are values."""
    lowest, highest = (math.nan if end is None else end for end in (scale.vmin, scale.vmax))
    below, above = bool((values < lowest).any()), bool((values > highest).any())
    if below and above:
        return "both"
    return "min" if below else "max" if above else "neither"


@final
@dataclass(frozen=True)
class Profile:
    """One metric through networks: title, rows (model, layer, value, low, high) and how its axis counts.

    `mark` is where a dashed line stands, if any; what is below `least`, as 0 is on a log axis, stands at it.
    """

    title: str
    rows: pd.DataFrame
    scale: Literal["linear", "log"] = "linear"
    mark: float | None = None
    least: float = -math.inf


def plot_profiles(profiles: Sequence[Profile], layers: Mapping[str, Sequence[str]], styles: ModelStyles) -> Figure:
    """Plot metrics side by side against the layers of each model, which stand below each other.

    `layers` names each model's layers in the order in which an image passes them; of many an even choice is drawn.
    """
    chosen = {model: [names[i] for i in even_choice(len(names), MOST_LAYERS)] for model, names in layers.items()}
    rows = [len(names) for names in chosen.values()]
    figure = new_figure(ROW * sum(rows) + HEADING * len(rows) + 0.6)
    panels = figure.subplots(
        len(chosen),
        len(profiles),
        sharex="col",
        sharey="row",
        squeeze=False,
        gridspec_kw={"height_ratios": rows},
    )
    for row, (model, names) in zip(panels, chosen.items(), strict=True):
        for axes, profile in zip(row, profiles, strict=True):
            part = profile.rows[profile.rows["model"] == model].set_index("layer").reindex(names)
            _profile(axes, part, profile, styles[model])
        row[0].set_yticks(range(len(names)), short_names(names), fontsize=7.5)
        row[0].set_ylim(len(names) - 0.4, -0.6)
        row[0].set_title(model, fontsize=9.5, pad=4)
    for axes, profile in zip(panels[-1], profiles, strict=True):
        axes.set_xlabel(profile.title)
        _SCALES[profile.scale](axes)
    return figure


def _profile(axes: Axes, part: pd.DataFrame, profile: Profile, style: ModelStyle) -> None:
    values, low, high = (part[name].to_numpy(np.float64) for name in ("value", "low", "high"))
    places = np.arange(len(part))
    if profile.scale == "log":
        axes.set_xscale("log")
    values, low, high = (np.maximum(numbers, profile.least) for numbers in (values, low, high))
    known = np.isfinite(values)
    if profile.mark is not None:
        axes.axvline(profile.mark, color=FAINT, linewidth=1.2, linestyle=(0, (3, 2)), zorder=1)
    axes.hlines(places, low, high, color=style.colour, alpha=0.35, linewidth=5, zorder=2)
    axes.plot(values[known], places[known], color=style.colour, linewidth=0.9, alpha=0.6, zorder=3)
    axes.plot(values, places, color=style.colour, linestyle="", marker=style.marker, markersize=4.5, zorder=4)
    axes.tick_params(length=0, labelsize=8, labelcolor=INK)
    axes.tick_params(axis="y", labelsize=7.5)
    axes.grid(visible=True, which="major")
    quiet_spines(axes, "top", "right", "left")


def _linear(axes: Axes) -> None:
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5))


def _logarithmic(axes: Axes) -> None:
    """Name the decades: as powers, or plainly where no number is small, and of few also 2 and 5."""
    low, high = axes.get_xlim()
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    if low >= SMALL:
        axes.xaxis.set_major_locator(mpl.ticker.LogLocator(10, subs=(1, 2, 5) if high < FEW * low else (1,)))
        axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: level_text(value)))
    else:
        axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: _power_text(value)))


def _power_text(value: float) -> str:
    return f"10{str(round(math.log10(value))).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_SCALES: Mapping[str, Callable[[Axes], None]] = {"linear": _linear, "log": _logarithmic}


def short_names(names: Sequence[str]) -> list[str]:
    """Return names of layers that fit beside a figure: of long paths the end, as much as tells them apart."""
    return [name if len(name) <= LONGEST_NAME else _end(name, names) for name in names]


def _end(name: str, names: Sequence[str]) -> str:
    parts = name.split(".")
    ends = (".".join(parts[-kept:]) for kept in range(2, len(parts)))
    apart = (end for end in ends if sum(other.endswith(f".{end}") for other in names) == 1)
    end = next(apart, None)
    return name if end is None else f"\N{HORIZONTAL ELLIPSIS}{end}"
