"""How well models that reconstruct draw what they see."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.formatting import listed, percent
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.poses.rows import named, styles, titled, together
from runbench.report.figures.registry import register_figure


@register_figure("reconstruction-error", section="layers", order=180)
def reconstruction_error(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how well models that reconstruct draw what they see."""
    errors = titled(tables, {"reconstruction_error": "mean squared error of the drawing"})
    if errors["level"].nunique() < 2:
        return
    ignored = tables.measured("reconstruction_ignored")
    each = " of each digit with its own drawing" * (tables.suite.task.sought > 1)
    yield ReportFigure(
        f"{tables.suite.name}-reconstruction-error",
        f"Reconstruction error against {tables.suite.axis}",
        f"Mean squared error{each}, grey values from 0 to 1, of what a model draws of the true class's capsule. A "
        "black drawing has the mean square of the image as its error, so errors of suites with more ink are "
        f"larger. {_ignored(ignored)} {styles(tables, errors)} {captions.bands(errors, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, errors, tables.suite, tables.styles),
        together(errors, ignored.assign(metric="reconstruction_ignored", title="ignored pixels")),
    )


def _ignored(ignored: pd.DataFrame) -> str:
    """Say which share of the pixels drawings ignore."""
    if ignored.empty:
        return ""
    shares = ignored.groupby("model", sort=False)["value"]
    told = named({str(model): " and ".join(map(percent, values)) for model, values in shares})
    levels = listed([plots.level_text(level) for level in ignored["level"].unique()])
    return f"Input pixels with next to no influence on the drawing, at a level of {levels}: {told}."
