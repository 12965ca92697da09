"""Which models differ on the same images."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.analysis.paired import model_ranks, sweep_pairs
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.registry import register_figure
from runbench.suites import Suite

MANY_SEEDS = 10
"""Training seeds from which percentile intervals cover about what they say."""


@register_figure("differences", order=300)
def differences(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the difference of each two models over the sweep, on the same images."""
    pairs = sweep_pairs(tables.comparisons)
    if pairs.empty:
        return
    suite, score = tables.suite, compared_by(str(pairs["metric"].iloc[0]), tables.suite)
    ranked = model_ranks(pairs).sort_values("rank", kind="stable")
    corrected = f" after Holm's correction over all {len(pairs)} pairs of models" if len(pairs) > 1 else ""
    yield ReportFigure(
        f"{suite.name}-differences",
        "Which models differ",
        f"Difference of the {score} on the same test images, in percentage points: the model of the row minus the "
        "model of the column, blue where the row is ahead. A dot marks the pairs that the test separates: paired "
        f"bootstrap, p below 5%{corrected}. A model's rank is 1 + the number of models "
        f"that are significantly better. {sampling(pairs)} {resolution(pairs)}".rstrip(),
        partial(
            plots.plot_differences,
            pairs,
            dict(zip(ranked["model"], ranked["rank"].astype(int), strict=True)),
            f"difference of the {score}, percentage points",
        ),
        pairs.drop(columns=["level", "seed", "only_model", "only_other"]),
    )


def compared_by(score: str, suite: Suite) -> str:
    """Name the score by which models are compared over the sweep."""
    if score == "area_under_curve":
        return f"area under the {suite.task.success} curve"
    return f"mean {suite.task.success}" if suite.axis else suite.task.success


def sampling(pairs: pd.DataFrame) -> str:
    """Say what tests and intervals of these pairs resample, and so of what they speak; pairs: seeds."""
    most = int(pairs["seeds"].max())
    if most == 1:
        return (
            "Each model was trained once: images are resampled, so tests and intervals speak of these networks, "
            "not of how another training seed would come out."
        )
    fewer = "up to " if int(pairs["seeds"].min()) < most else ""
    narrow = " So few seeds leave intervals too narrow where seeds differ much." if most < MANY_SEEDS else ""
    return f"Test images and {fewer}{most} training seeds are resampled together.{narrow}"


def resolution(pairs: pd.DataFrame) -> str:
    """Say the smallest difference that these pairs' images resolve, empty where it is not known.

    pairs: resolvable, seeds, count.
    """
    known = pairs["resolvable"].dropna()
    if known.empty:
        return ""
    low, high = (f"{100 * bound:.1f}" for bound in (known.min(), known.max()))
    span = low if low == high else f"{low} to {high}"
    seeds = int(pairs["seeds"].max())
    stand = f"{int(pairs['count'].max()):,} images{f' and {seeds} training seeds' if seeds > 1 else ''}"
    return (
        f"The smallest difference between two models that {stand} resolve is {span} points"
        f"{'' if low == high else ', depending on the pair'} (two-sided 5%, power 80%, one pair by itself)."
    )
