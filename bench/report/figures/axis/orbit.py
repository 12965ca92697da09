"""At how many levels each image is right."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure


@register_figure("orbit", order=160, needs=(AXIS,))
def orbit(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw at how many levels each image is right."""
    scores = plots.long_scores(
        tables.summary,
        {
            "worst_orbit_accuracy": "right at every level (worst)",
            "mean_orbit_accuracy": "mean over levels",
            "best_orbit_accuracy": "right at one level at least (best)",
        },
    )
    if scores.empty:
        return
    yield ReportFigure(
        f"{tables.suite.name}-orbit",
        "Orbit accuracy",
        "An image's orbit is all its versions along the sweep. Share of images that a model gets right at every "
        "level, at the mean level and at one level at least. The shorter the line, the less the answer depends on "
        f"the {tables.suite.axis}. {captions.bars(scores)}",
        partial(plots.plot_range, scores, tables.styles, "share of images"),
        scores,
    )
