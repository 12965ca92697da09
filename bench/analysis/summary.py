"""Metric and cost rows in, one row per suite and model out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from runbench.analysis.scoring import Address, Scored, resampled_bounds
from runbench.metrics.costs import COSTS
from runbench.metrics.registry import summary_columns

MODEL_COLUMNS = ("suite", "model", "architecture", "regime")

Bounds = dict[Address, tuple[float, float]]


def summary_header() -> list[str]:
    """Return the names of the summary's columns."""
    shown = [f"{column}{part}" for column in summary_columns() for part in ("", "_low", "_high", "_sd")]
    return [*MODEL_COLUMNS, "seeds", "count", *shown, *(cost.name for cost in COSTS)]


def summarise(metrics: pd.DataFrame, costs: pd.DataFrame, scored: Iterable[Scored] = ()) -> pd.DataFrame:
    """Summarise each suite and model in a row, as `summary_header` names the columns, in the order of `metrics`.

    One seed: the metric with its own interval. Several: the mean over seeds, the standard deviation between
    them (n - 1), and, where the cells' resamples are given, the percentile interval of that mean over images
    drawn with replacement, the same images for every seed; without them the bounds are null. A metric
    that a seed lacks has no mean. `count` is the number of images.
    """
    sweeps = metrics[metrics["level"].isna()]
    cells: dict[tuple[str, str], list[Scored]] = {}
    for cell in scored:
        cells.setdefault((cell.suite.name, cell.model), []).append(cell)
    rows = []
    for (suite, model), group in sweeps.groupby(["suite", "model"], sort=False, observed=True):
        seeds = len(group["seed"].unique())
        own = cells.get((str(suite), str(model)), [])
        bounds = _bounds_over_seeds(own) if seeds > 1 else _own_bounds(group)
        row = {column: group.iloc[0][column] for column in MODEL_COLUMNS}
        row |= {"seeds": seeds, "count": group["count"].max()}
        row |= _values(group, seeds, bounds) | dict(_first_of_each_cost(_of(costs, suite, model)))
        rows.append(row)
    return pd.DataFrame(rows, columns=summary_header())


def completed(summary: pd.DataFrame, metrics: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Return a stored summary with all columns of today, made from metrics and costs where it is empty."""
    if summary.empty:
        return summarise(metrics, costs)
    return summary.reindex(columns=list(dict.fromkeys([*summary.columns, *summary_header()])))


def _of(frame: pd.DataFrame, suite: object, model: object) -> pd.DataFrame:
    return frame[(frame["suite"] == suite) & (frame["model"] == model)]


def _own_bounds(group: pd.DataFrame) -> Bounds:
    return {(row["subset"], row["metric"]): (row["low"], row["high"]) for row in group.to_dict(orient="records")}


def _bounds_over_seeds(cells: list[Scored]) -> Bounds:
    """Return the bounds of the means over training seeds, of the metrics that all seeds have."""
    shared = set.intersection(*(set(cell.sweep) for cell in cells)) if cells else set()
    # Seeds answer the same images and so share their weights: resample r is one draw of images for all.
    return {
        (column.subset, metric.name): resampled_bounds(
            metric, np.mean([cell.sweep[column.subset, metric.name].values for cell in cells], axis=0)
        )
        for metric, column in summary_columns().values()
        if (column.subset, metric.name) in shared
    }


def _values(group: pd.DataFrame, seeds: int, bounds: Bounds) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, (metric, column) in summary_columns().items():
        values = group.loc[(group["metric"] == metric.name) & (group["subset"] == column.subset), "value"]
        if len(values) == seeds:
            columns[name] = values.mean()
            columns[f"{name}_sd"] = values.std()
            low, high = bounds.get((column.subset, metric.name), (np.nan, np.nan))
            columns[f"{name}_low"], columns[f"{name}_high"] = low, high
    return columns


def _first_of_each_cost(costs: pd.DataFrame) -> Iterator[tuple[str, float]]:
    known = {cost.name for cost in COSTS}
    for name, value in costs.drop_duplicates("metric")[["metric", "value"]].itertuples(index=False):
        if name in known:
            yield str(name), float(value)
