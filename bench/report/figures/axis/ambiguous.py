"""What ambiguous labels change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("ambiguous", order=200, needs=(AXIS,))
def ambiguous(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw what ambiguous labels change."""
    if tables.summary["mean_accuracy_unambiguous"].isna().all():
        return
    columns = {"mean_accuracy": "every image", "mean_accuracy_unambiguous": "without ambiguous images"}
    scores = plots.long_scores(tables.summary, columns)
    yield ReportFigure(
        f"{tables.suite.name}-ambiguous",
        "With and without ambiguous images",
        "Mean accuracy over the sweep, counting every image, and leaving out images at the levels where the "
        f"transform makes their label ambiguous. {captions.bars(scores)}",
        partial(plots.plot_range, scores, tables.styles, "mean accuracy"),
        scores,
    )
