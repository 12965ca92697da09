"""Two runs whose per-sample rows are not stored, compared from their tables as if the images were not the same."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist

import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.analysis.comparison.rows import Row, metrics_of
from runbench.analysis.paired import sweep_metric
from runbench.statistics import CONFIDENCE, Estimate, difference_interval, estimate
from runbench.store.run import StoredRun
from runbench.suites import Suite

BOUNDED = ["value", "low", "high"]


def unpaired_rows(match: Match, first: StoredRun, second: StoredRun, suite: Suite) -> list[Row]:
    """Compare a model in both runs by the intervals of its scores, as if they were independent.

    Newcombe 1998, method 10, see `difference_interval`: on the same images wider than a paired interval. The
    p-value is the one that belongs to that interval.
    """
    metrics_a, metrics_b = (metrics_of(run, match) for run in (first, second))
    score = sweep_metric(suite, metrics_a["level"].nunique())
    values = (_sweep(first, metrics_a, match.seeds_a, score), _sweep(second, metrics_b, match.seeds_b, score))
    rows = [{"level": math.nan, "metric": score, "count": _count(metrics_a)} | _difference(*values)]
    for seed_a, seed_b in match.seeds:
        rows += _levels(metrics_a, metrics_b, seed_a, seed_b)
    return [{"suite": match.suite, "model": match.model} | row for row in rows]


def interval_p_value(difference: Estimate) -> float:
    """Return the two-sided p-value of no difference that an interval implies: below 0.05 where it leaves out 0.

    The half of the interval on the side of 0 is taken for that of a normal distribution. Without bounds it is NaN.
    """
    value = difference.value
    half = difference.high - value if value < 0 else value - difference.low
    if math.isnan(half):
        return math.nan
    if value == 0:
        return 1.0
    normal = NormalDist()
    distance = math.inf if half == 0 else abs(value) / half * normal.inv_cdf((1 + CONFIDENCE) / 2)
    return 2 * normal.cdf(-distance)


def _levels(metrics_a: pd.DataFrame, metrics_b: pd.DataFrame, seed_a: int, seed_b: int) -> Iterator[Row]:
    of_a, of_b = (
        rows[(rows["metric"] == "accuracy") & rows["level"].notna() & (rows["seed"] == seed)].set_index("level")
        for rows, seed in ((metrics_a, seed_a), (metrics_b, seed_b))
    )
    for level in sorted(set(of_a.index) & set(of_b.index)):
        a, b = (Estimate(*row[BOUNDED].astype(float)) for row in (of_a.loc[level], of_b.loc[level]))
        yield {
            "level": float(level),
            "metric": "accuracy",
            "seed_a": seed_a,
            "seed_b": seed_b,
            **_difference(a, b),
            "count": int(of_a.loc[level, "count"]),
        }


def _difference(of_a: Estimate, of_b: Estimate) -> Row:
    difference = difference_interval(of_a, of_b)
    return {
        "value_a": of_a.value,
        "value_b": of_b.value,
        "difference": difference.value,
        "low": difference.low,
        "high": difference.high,
        "p_value": interval_p_value(difference),
        "paired": False,
    }


def _sweep(run: StoredRun, metrics: pd.DataFrame, seeds: tuple[int, ...], score: str) -> Estimate:
    """Return the mean of a sweep's score over seeds, with bounds where a table has them for just these seeds."""
    rows = metrics[(metrics["metric"] == score) & metrics["level"].isna() & metrics["seed"].isin(seeds)]
    if len(rows) == 1:
        return Estimate(*rows[BOUNDED].iloc[0].astype(float))
    mean = Estimate(float(rows["value"].mean()))
    if set(seeds) == set(metrics["seed"]):
        summary = run.summary[(run.summary["suite"] == metrics["suite"].iloc[0])]
        of_model = summary[summary["model"] == metrics["model"].iloc[0]].to_dict(orient="records")
        if of_model:
            summarised = estimate(of_model[0], score)
            return replace(mean, low=summarised.low, high=summarised.high)
    return mean


def _count(metrics: pd.DataFrame) -> int:
    return int(metrics.loc[metrics["metric"] == "accuracy", "count"].max())
