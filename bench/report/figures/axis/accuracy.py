"""The share of right answers along the axis."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("accuracy", order=100, needs=(AXIS,))
def accuracy(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the share of right answers against the axis."""
    suite, shares = tables.suite, tables.curves("accuracy")
    if shares["level"].nunique() < 2:
        return
    yield ReportFigure(
        f"{suite.name}-accuracy",
        f"{suite.task.success.capitalize()} against {suite.axis}",
        f"Share of test images {suite.task.right} at each level of {suite.axis}. "
        f"{captions.styles(tables)} {captions.bands(shares)} "
        "The bars below the axes mark what each regime saw in training. "
        f"{captions.attained(tables.curves('attained_level'))}",
        partial(plots.plot_by_level, shares, suite, tables.styles, suite.task.success),
        shares,
    )
