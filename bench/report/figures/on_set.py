"""The figures of a suite without an axis, which has one level."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.metrics.predictions.label_sets import ATTAINED_BINS
from runbench.report import captions
from runbench.report.exhibit import Exhibit, SuiteTables


def success(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw the share of right answers, and of digits found where an image holds several."""
    suite = tables.suite
    columns = {"mean_accuracy": suite.task.success, "mean_digit_recall": "recall per digit"}
    scores = plots.long_scores(tables.summary, columns)
    if scores.empty:
        return
    series = list(dict.fromkeys(scores["series"]))
    recall = " and of their digits that are among a model's answers" if len(series) > 1 else ""
    yield Exhibit(
        f"{suite.name}-accuracy",
        f"{' and '.join(series).capitalize()} on the set",
        f"Share of test images {suite.task.right}{recall}. The axis begins where the numbers do. "
        f"{captions.bars(scores)}",
        partial(plots.plot_zoomed, scores, tables.looks, f"share of {'images or digits' if recall else 'images'}"),
        scores,
    )


def attained(tables: SuiteTables) -> Iterator[Exhibit]:
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
    yield Exhibit(
        f"{suite.name}-attained",
        f"{suite.task.success.capitalize()} and recall per digit against the overlap attained",
        f"The test images parted by the share of the smaller bounding box that the other digit covers: share of "
        f"images {suite.task.right}, and of digits found. Below each part, how many images it holds; few "
        f"images make wide intervals. {captions.looks(tables.models, tables.looks, 'marker')} "
        f"{captions.spread(scores)}",
        partial(plots.plot_by_subset, scores, tables.looks, "share of the smaller bounding box that is covered"),
        scores,
    )
