"""How often answers stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("consistency", order=170, needs=(AXIS,))
def consistency(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how often answers stay the same, right or wrong."""
    suite = tables.suite
    scores = plots.long_scores(
        tables.summary,
        {
            "mean_consistency": "all images",
            "mean_clean_correct_consistency": "images right at the identity",
            "mean_kappa": "beyond chance (kappa)",
        },
    )
    if scores.empty:
        return
    yield ReportFigure(
        f"{suite.name}-consistency",
        "Consistency",
        f"How often the predicted {suite.task.answer} is the one predicted for "
        f"{suite.task.unchanged}, right or wrong: mean over all other levels. Raw agreement rises with "
        f"{suite.task.success} alone; kappa is agreement beyond chance, 100% for a model that never changes its "
        f"answer and 0% for chance. {captions.bars(scores)}",
        partial(plots.plot_side_by_side, scores, tables.styles, "agreement with the prediction at the identity"),
        scores,
    )
