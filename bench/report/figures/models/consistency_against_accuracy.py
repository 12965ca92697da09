"""Consistency against accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure
from runbench.report.terms import mean_success

AGREEMENT = {
    "mean_consistency": "all images",
    "mean_clean_correct_consistency": "images right at the identity",
}
"""The summary's columns that are set against accuracy, and the title of each one's panel."""


@register_figure("consistency-against-accuracy", order=180, needs=(AXIS,))
def consistency_against_accuracy(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw consistency against accuracy, over all images and over those that are right at the identity."""
    suite = tables.suite
    points = _points(tables.summary)
    if points.empty:
        return
    yield ReportFigure(
        f"{suite.name}-consistency-against-accuracy",
        f"Consistency against {suite.task.success}",
        f"Mean share of images whose predicted {suite.task.answer} is the one for "
        f"{suite.task.unchanged}, against {mean_success(suite)} over the sweep. On the left every image "
        "counts: on the dashed diagonal a model repeats about as much as it gets right, and above it repeats its "
        "mistakes too. On the right only images count that the model gets right at the identity, so that what it "
        "repeats is right: a model that lies much lower there than on the left is consistent in being wrong. "
        f"The mean {suite.task.success} counts the identity too, where every model is consistent by definition: "
        "that moves all of them to the right, the fewer the levels the further. "
        f"{captions.styles(tables, 'marker')} {captions.bars(points)}",
        partial(plots.plot_agreement, points, tables.styles, mean_success(suite), "mean consistency"),
        points,
    )


def _points(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a row per series and model: x, the mean accuracy, and y, the consistency, with their bounds."""
    address = ["model", "architecture", "regime", "seeds", "count"]
    parts = []
    for column, series in AGREEMENT.items():
        part = summary[address].assign(series=series)
        for axis, shown in (("x", "mean_accuracy"), ("y", column)):
            for bound in ("", "_low", "_high"):
                part[f"{axis}{bound}"] = summary[f"{shown}{bound}"]
        parts.append(part)
    return pd.concat(parts, ignore_index=True).dropna(subset=["x", "y"])
