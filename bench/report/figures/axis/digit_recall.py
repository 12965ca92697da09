"""How many of the single digits are found."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("digit-recall", order=120, needs=(AXIS,))
def digit_recall(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how many of the single digits are found, where an image holds several."""
    suite, shares = tables.suite, tables.curves("digit_recall")
    if shares["level"].nunique() < 2:
        return
    yield ReportFigure(
        f"{suite.name}-digit-recall",
        f"Recall per digit against {suite.axis}",
        f"Share of the digits in the test images that are among a model's answers, at each level of {suite.axis}. "
        f"It lies above the {suite.task.success}, which counts an image only where both are. "
        f"{captions.styles(tables)} {captions.bands(shares, 'bootstrap over images')}",
        partial(plots.plot_by_level, shares, suite, tables.styles, "recall per digit"),
        shares,
    )
