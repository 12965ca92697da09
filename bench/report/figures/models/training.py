"""How training went."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import register_figure


@register_figure("training", order=320)
def training(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how training went."""
    history = tables.history[np.isfinite(tables.history["value"].astype(float))]
    if history.empty:
        return
    seeds = len(history["seed"].unique())
    spread = " Lines are means over seeds, bands reach from the lowest to the highest." if seeds > 1 else ""
    yield ReportFigure(
        f"{tables.suite.name}-training",
        "Training",
        "How training went, epoch by epoch. Losses of unlike kinds cannot be compared with one another, and "
        "validation images are changed as the regime changes its training images. "
        f"{captions.styles(tables)}{spread}",
        partial(plots.plot_training, history, tables.styles),
        history,
    )
