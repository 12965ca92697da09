"""The share of right answers around the circle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("accuracy-circle", order=110, needs=(AXIS,))
def accuracy_circle(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the share of right answers around the circle, where the axis closes."""
    suite, shares = tables.suite, tables.curves("accuracy")
    if shares["level"].nunique() < 2 or not suite.period:
        return
    yield ReportFigure(
        f"{suite.name}-accuracy-circle",
        f"{suite.task.success.capitalize()} around the circle of {suite.axis}",
        f"The same shares with the {suite.axis} as direction and {suite.task.success} as distance from the "
        "centre, 0%, to the rim, 100%; a panel per architecture. An invariant model draws a circle. "
        f"{captions.bands(shares)}",
        partial(plots.plot_around_circle, shares, suite, tables.styles, suite.task.success),
        shares,
    )
