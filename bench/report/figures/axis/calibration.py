"""How far confidence and accuracy lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("calibration", order=190, needs=(AXIS,))
def calibration(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw whether confidence is worth its name."""
    errors = tables.curves("expected_calibration_error")
    if errors["level"].nunique() < 2:
        return
    yield ReportFigure(
        f"{tables.suite.name}-calibration",
        f"Calibration error against {tables.suite.axis}",
        "Expected calibration error at each level, 15 bins of equal width: how far confidence and "
        f"{tables.suite.task.success} lie apart, 0% being best. {captions.styles(tables)} "
        f"{captions.bands(errors, 'bootstrap over images')}",
        partial(plots.plot_by_level, errors, tables.suite, tables.styles, "expected calibration error"),
        errors,
    )
