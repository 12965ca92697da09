"""One cell's rows in, all of its metrics out, value and resamples together: every table is made of these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.metrics.metric import Metric
from runbench.metrics.predictions.cell import CellPredictions, cell_predictions
from runbench.metrics.predictions.label_sets import attained_masks
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import BoolArray, Float64Array, IntArray, mean_over_levels
from runbench.metrics.registry import prediction_metrics
from runbench.statistics import bootstrap_weights, percentile_interval, recentred_interval, wilson_interval
from runbench.store import schemas
from runbench.store.schemas import CELL_COLUMNS
from runbench.suites import Suite

Row = dict[str, Any]

Address = tuple[str, str]
"""A subset of the images and the name of a metric."""


@final
@dataclass(frozen=True)
class Scored:
    """The metrics of one cell.

    `images` (n,) and `levels` (L,) are what was answered, `right` which answers are correct, as bits. `table` has
    a row per metric, subset and level, as schemas.METRICS. `sweep` has those of the sweep with their resamples,
    `at_level` those of single levels, over all images, that were asked for.
    """

    suite: Suite
    model: str
    seed: int
    images: IntArray
    levels: Float64Array
    right: bytes
    table: pd.DataFrame
    sweep: Mapping[Address, Resampled]
    at_level: Mapping[tuple[str, float], Resampled]

    @property
    def correct(self) -> BoolArray:
        """Return which answers are correct, (n, L)."""
        shape = (len(self.images), len(self.levels))
        bits = np.frombuffer(self.right, dtype=np.uint8)
        return np.unpackbits(bits, count=shape[0] * shape[1]).reshape(shape).astype(bool)


def score_cell(
    rows: pd.DataFrame,
    suite: Suite,
    at_level: Collection[tuple[str, float]] = (),
    names: Collection[str] = (),
) -> Scored:
    """Score the prediction rows of one cell by the metrics of these names, by all where none are named.

    A metric that does not apply to a cell, or whose denominator is 0, has no row. The resamples of the metrics and
    levels in `at_level` are kept.
    """
    answers = cell_predictions(rows)
    first = rows.iloc[0]
    address: Row = {column: str(first[column]) for column in CELL_COLUMNS} | {"seed": int(first["seed"])}
    chosen = {name: metric for name, metric in prediction_metrics().items() if name in names or not names}
    table: list[Row] = []
    sweep: dict[Address, Resampled] = {}
    kept: dict[tuple[str, float], Resampled] = {}
    for subset, selection in _selections(answers, suite):
        scores = _scores(selection, suite, chosen.values())
        for name in (name for name in chosen if name in scores):
            found = scores[name]
            table += metric_rows(chosen[name], subset, answers.levels, found)
            if chosen[name].over == "sweep":
                sweep[subset, name] = found
            elif subset == "all":
                kept |= _at_levels(name, answers, found, at_level)
    return Scored(
        suite=suite,
        model=address["model"],
        seed=address["seed"],
        images=answers.images,
        levels=answers.levels,
        right=np.packbits(answers.correct).tobytes(),
        table=pd.DataFrame([address | row for row in table], columns=schemas.METRICS.names),
        sweep=sweep,
        at_level=kept,
    )


def metrics_table(scored: Iterable[Scored]) -> pd.DataFrame:
    """Return the metrics of all cells, schemas.METRICS, in their order."""
    tables = [cell.table for cell in scored] or [pd.DataFrame(columns=schemas.METRICS.names)]
    return pd.concat(tables, ignore_index=True)


def resampled_bounds(metric: Metric, values: Float64Array) -> tuple[float, float]:
    """Return the bootstrap bounds of a metric; values (R,), the metric itself first."""
    if metric.interval == "recentred bootstrap":
        return recentred_interval(float(values[0]), values[1:])
    return percentile_interval(values[1:])


def metric_rows(metric: Metric, subset: str, levels: Float64Array, found: Resampled) -> Iterator[Row]:
    """Yield a row for each level, or one for the sweep, with its bounds; undefined values have none."""
    places = (float("nan"),) if found.values.ndim == 1 else tuple(map(float, levels))
    columns = found.values.reshape(len(found.values), -1).T
    for level, values, count in zip(places, columns, found.count.ravel(), strict=True):
        value = float(values[0])
        if not np.isfinite(value):
            continue
        if metric.interval == "Wilson":
            low, high = (float(bound) for bound in wilson_interval(value * count, count))
        else:
            low, high = resampled_bounds(metric, values)
        yield {
            "level": level,
            "subset": subset,
            "metric": metric.name,
            "value": value,
            "low": low,
            "high": high,
            "count": int(count),
        }


def _selections(answers: CellPredictions, suite: Suite) -> Iterator[tuple[str, Selection]]:
    """Yield the subsets of a cell's images, each by its name; "unambiguous" only where it leaves something out.

    Without an axis, what the images attain takes its place: each bin of it that has images is a subset.
    """
    masks = {"all": np.ones_like(answers.correct)}
    if answers.ambiguous.any():
        masks["unambiguous"] = ~answers.ambiguous
    if not suite.axis:
        masks |= {name: mask for name, mask in attained_masks(answers.attained).items() if mask.any()}
    weights, unchanged = bootstrap_weights(len(answers.correct)), answers.level_index(suite.identity)
    for subset, mask in masks.items():
        yield subset, Selection(answers, mask, weights, suite.axis, unchanged, suite.period)


def _scores(selection: Selection, suite: Suite, metrics: Iterable[Metric]) -> dict[str, Resampled]:
    """Compute the metrics that apply, and their means over the sweep."""
    scores: dict[str, Resampled] = {}
    for metric in metrics:
        found = metric.compute(selection) if metric.compute and _applies(metric, selection, suite) else None
        if found is None:
            continue
        scores[metric.name] = found
        mean = _mean(metric, found, selection) if metric.averaged else None
        if mean is not None:
            scores[metric.mean.name] = mean
    return scores


def _applies(metric: Metric, selection: Selection, suite: Suite) -> bool:
    return (
        len(selection.answers.levels) >= metric.least_levels
        and (not metric.tasks or suite.task in metric.tasks)
        and (not metric.needs_identity or selection.unchanged is not None)
        and (not metric.on_request or metric.name in suite.further_metrics)
    )


def _mean(metric: Metric, found: Resampled, selection: Selection) -> Resampled | None:
    """Return the mean over the levels; of a metric that compares with the identity, over the others, if any."""
    if not metric.needs_identity:
        return selection.over_sweep(mean_over_levels(found.values))
    others = np.arange(found.count.size) != selection.identity
    if not others.any():
        return None
    return Resampled(mean_over_levels(found.values[:, others]), np.asarray(found.count[others].max()))


def _at_levels(
    name: str, answers: CellPredictions, found: Resampled, wanted: Collection[tuple[str, float]]
) -> dict[tuple[str, float], Resampled]:
    places = {level: answers.level_index(level) for metric, level in wanted if metric == name}
    return {
        (name, level): Resampled(found.values[:, place], np.asarray(found.count[place]))
        for level, place in places.items()
        if place is not None
    }
