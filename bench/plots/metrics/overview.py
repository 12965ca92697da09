"""All suites and models at a glance."""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.text import Text

from runbench.plots.style import colour_bar, name_above, new_figure, percent_axis

ROW, HEADING = 0.3, 0.55
"""Heights in inches, of a row and of what stands above each block."""

COLOURS = "viridis"
EQUAL_CONTRAST = 0.179
"""Relative luminance on which black and white stand out alike: (L + 0.05)^2 = 1.05 * 0.05, after WCAG 2."""

UPRIGHT_LETTERS = 44
"""Letters of all models' names that fit side by side above the columns."""


def plot_heat_map(scores: pd.DataFrame) -> Figure:
    """Plot a share by row and model as colour and as number, a block per quantity under one colour scale.

    scores: quantity, row, model, value; each in the order to be shown. A place without a value stays empty.
    """
    quantities, models = (list(dict.fromkeys(scores[column])) for column in ("quantity", "model"))
    tables = [
        part.pivot_table(index="row", columns="model", values="value", sort=False, observed=True).reindex(
            columns=models
        )
        for _, part in scores.groupby("quantity", sort=False, observed=True)
    ]
    slanted = sum(map(len, models)) > UPRIGHT_LETTERS
    rows = [len(table) for table in tables]
    above = (0.06 * max(map(len, models)) if slanted else 0.0) + HEADING * len(tables)
    figure = new_figure(ROW * sum(rows) + above + 0.8)
    panels = figure.subplots(len(tables), 1, squeeze=False, gridspec_kw={"height_ratios": rows})[:, 0]
    for axes, table, quantity in zip(panels, tables, quantities, strict=True):
        sns.heatmap(
            table,
            vmin=0,
            vmax=1,
            cmap=COLOURS,
            annot=100 * table,
            fmt=".1f",
            annot_kws={"fontsize": 8.5},
            linewidths=1.2,
            cbar=False,
            ax=axes,
        )
        _read_well(axes.texts, table)
        axes.set(xlabel="", ylabel="")
        axes.set_title(quantity, fontsize=10, pad=6)
        axes.tick_params(length=0, labelbottom=False, labelrotation=0)
        axes.grid(visible=False)
    name_above(panels[0], slanted=slanted)
    scale = mpl.colors.Normalize(0, 1)
    percent_axis(colour_bar(figure, list(panels), scale, COLOURS, fraction=0.03, aspect=60, pad=0.02).ax.xaxis)
    return figure


def _read_well(texts: Iterable[Text], table: pd.DataFrame) -> None:
    """Write each number, row by row, in black or white, whichever stands out more from its colour."""
    # Seaborn writes white up to a luminance at which black has been easier to read for long.
    values = table.to_numpy(np.float64).ravel()
    for text, value in zip(texts, values[np.isfinite(values)], strict=True):
        light = sns.utils.relative_luminance(mpl.colormaps[COLOURS](value)) > EQUAL_CONTRAST
        text.set_color("black" if light else "white")
