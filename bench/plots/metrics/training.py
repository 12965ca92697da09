"""How training went."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from runbench.plots.style import ModelStyles, line_legend, new_panels, percent_axis, quiet_spines, styles_among


def plot_training(history: pd.DataFrame, styles: ModelStyles) -> Figure:
    """Plot each metric against epoch in a panel of its own, a line per model.

    history: model, seed, epoch, metric, value. Several seeds give their mean and the band from the lowest to
    the highest.
    """
    metrics = list(dict.fromkeys(history["metric"]))
    figure, panels = new_panels(len(metrics), 2.6, 0.7)
    shown = styles_among(styles, history["model"])
    for axes, metric in zip(panels.ravel(), metrics, strict=False):
        sns.lineplot(
            data=history[history["metric"] == metric],
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
        axes.set(xlabel="epoch", ylabel=metric)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        if "accuracy" in str(metric):
            percent_axis(axes.yaxis)
        quiet_spines(axes, "top", "right")
    line_legend(figure, shown)
    return figure
