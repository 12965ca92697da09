"""The share of right answers on a set."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import SET, register_figure


@register_figure("accuracy", order=100, needs=(SET,))
def accuracy(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the share of right answers, and of digits found where an image holds several."""
    suite = tables.suite
    columns = {"mean_accuracy": suite.task.success, "mean_digit_recall": "recall per digit"}
    scores = plots.long_scores(tables.summary, columns)
    if scores.empty:
        return
    series = list(dict.fromkeys(scores["series"]))
    recall = " and of their digits that are among a model's answers" if len(series) > 1 else ""
    yield ReportFigure(
        f"{suite.name}-accuracy",
        f"{' and '.join(series).capitalize()} on the set",
        f"Share of test images {suite.task.right}{recall}. The axis begins where the numbers do. "
        f"{captions.bars(scores)}",
        partial(
            plots.plot_zoomed, scores, tables.styles, f"share of {'images or digits' if recall else 'images'}"
        ),
        scores,
    )
