"""How training went."""

from __future__ import annotations

import math

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from runbench.plots.style import ModelStyles, line_legend, new_figure, percent_axis, quiet_spines


def plot_training(history: pd.DataFrame, styles: ModelStyles) -> Figure:
    """Plot each measure against epoch in a panel of its own, a line per model.

    history: model, seed, epoch, measure, value. Several seeds give their mean and the band from the lowest to
    the highest.
    """
    measures = list(dict.fromkeys(history["metric"]))
    columns = min(2, len(measures))
    rows = math.ceil(len(measures) / columns)
    figure = new_figure(2.6 * rows + 0.7)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(measures) :]:
        axes.set_axis_off()
    shown = {name: style for name, style in styles.items() if name in set(history["model"])}
    for axes, measure in zip(panels, measures, strict=False):
        sns.lineplot(
            data=history[history["metric"] == measure],
            x="epoch",
            y="value",
            hue="model",
            hue_order=list(shown),
            palette={name: style.colour for name, style in shown.items()},
            errorbar=("pi", 100) if len(history["seed"].unique()) > 1 else None,
            legend=False,
            ax=axes,
        )
        for line, style in zip(axes.get_lines(), shown.values(), strict=False):
            line.set(linestyle=style.dash, linewidth=1.6)
        axes.set(xlabel="epoch", ylabel=measure)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        if "accuracy" in str(measure):
            percent_axis(axes.yaxis)
        quiet_spines(axes, "top", "right")
    line_legend(figure, shown)
    return figure
