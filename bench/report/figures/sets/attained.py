"""Right answers on a set by what the images attain."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.metrics.predictions.label_sets import ATTAINED_BINS
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import SET, register_figure


@register_figure("attained", order=110, needs=(SET,))
def attained(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the same against what the images attain, in the bins that hold some."""
    suite = tables.suite
    titles = {"accuracy": suite.task.success, "digit_recall": "recall per digit"}
    parts = [plots.curves_over_seeds(tables.metrics, score).assign(title=title) for score, title in titles.items()]
    scores = pd.concat(parts, ignore_index=True)
    scores = scores[scores["subset"].isin(ATTAINED_BINS)]
    if scores.empty:
        return
    order = list(ATTAINED_BINS)
    scores = scores.sort_values(
        ["title", "subset"],
        key=lambda names: names.map([*titles.values(), *order].index),
        kind="stable",
        ignore_index=True,
    )
    ranges = {name: f"{low:g} to {high:g}" for name, (low, high) in ATTAINED_BINS.items()}
    scores["subset"] = scores["subset"].map(ranges)
    yield ReportFigure(
        f"{suite.name}-attained",
        f"{suite.task.success.capitalize()} and recall per digit against the overlap attained",
        f"The test images parted by the share of the smaller bounding box that the other digit covers: share of "
        f"images {suite.task.right}, and of digits found. Below each part, how many images it holds; few "
        f"images make wide intervals. {captions.styles(tables, 'marker')} "
        f"{captions.spread(scores)}",
        partial(plots.plot_by_subset, scores, tables.styles, "share of the smaller bounding box that is covered"),
        scores,
    )
