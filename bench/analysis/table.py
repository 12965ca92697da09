"""Prediction rows in, metric rows out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from runbench.analysis.cell import Aggregate, Curve, score_levels, score_sweep, subset_masks
from runbench.analysis.relative import Errors, Place, against_reference, errors_of
from runbench.metrics.predictions.definitions import SCORES
from runbench.metrics.predictions.responses import Responses, responses_of
from runbench.statistics import (
    Float64Array,
    bootstrap_weights,
    percentile_interval,
    recentred_interval,
    wilson_interval,
)
from runbench.store.schemas import CELL_COLUMNS, METRICS
from runbench.suites import SUITES, Suite

Row = dict[str, Any]


def score_predictions(predictions: pd.DataFrame, suites: Mapping[str, Suite] = SUITES) -> pd.DataFrame:
    """Score one or several cells: METRICS.names, one score per row, cells in their order of appearance.

    A score that does not apply to a cell, or whose denominator is 0, has no row.
    """
    rows: dict[Place, list[Row]] = {}
    addresses: dict[Place, Row] = {}
    errors: dict[Place, Errors] = {}
    for address, responses in cells(predictions):
        place = place_of(address)
        addresses[place] = address
        rows[place], errors[place] = _cell_rows(responses, suites[str(address["suite"])])
    for place, scores in against_reference(errors).items():
        rows[place] += [row for (subset, name), of in scores.items() for row in _sweep_rows(name, subset, of)]
    table = [addresses[place] | row for place in rows for row in rows[place]]
    return pd.DataFrame(table, columns=list(METRICS.names))


def cells(predictions: pd.DataFrame) -> Iterator[tuple[Row, Responses]]:
    """Yield each cell's address, CELL_COLUMNS, and its responses, in their order of appearance."""
    for _, rows in predictions.groupby(["suite", "model", "seed"], observed=True, sort=False):
        first = rows.iloc[0]
        address: Row = {column: str(first[column]) for column in CELL_COLUMNS}
        yield address | {"seed": int(first["seed"])}, responses_of(rows)


def place_of(address: Row) -> Place:
    """Return the (suite, model, seed) of a cell's address."""
    return str(address["suite"]), str(address["model"]), int(address["seed"])


def sweep_scores(responses: Responses, suite: Suite) -> dict[tuple[str, str], Aggregate]:
    """Score one cell's sweep by (subset, score), value and resamples together; not against another model's."""
    return {
        (subset, name): aggregate
        for subset, _, aggregates in _by_subset(responses, suite)
        for name, aggregate in aggregates.items()
    }


def all_sweep_scores(
    predictions: pd.DataFrame, suites: Mapping[str, Suite], names: Collection[str]
) -> dict[Place, dict[tuple[str, str], Aggregate]]:
    """Score several cells' sweeps, each as `sweep_scores` and against the reference's, keeping `names` of them."""
    kept: dict[Place, dict[tuple[str, str], Aggregate]] = {}
    errors: dict[Place, Errors] = {}
    for address, responses in cells(predictions):
        place = place_of(address)
        scores = sweep_scores(responses, suites[place[0]])
        kept[place] = {key: aggregate for key, aggregate in scores.items() if key[1] in names}
        errors[place] = errors_of(responses.images, responses.levels, scores)
    for place, relative in against_reference(errors).items():
        kept[place] |= {key: aggregate for key, aggregate in relative.items() if key[1] in names}
    return kept


def resampled_bounds(score: str, resamples: Float64Array) -> tuple[float, float]:
    """Return the bootstrap bounds of a score; resamples (R,), the value first."""
    if SCORES[score].interval == "recentred bootstrap":
        return recentred_interval(float(resamples[0]), resamples[1:])
    return percentile_interval(resamples[1:])


def _by_subset(responses: Responses, suite: Suite) -> Iterator[tuple[str, dict[str, Curve], dict[str, Aggregate]]]:
    """Score one cell on each subset: its name, the scores of its levels and those of its sweep."""
    weights = bootstrap_weights(len(responses.correct))
    for subset, mask in subset_masks(responses, suite).items():
        curves = score_levels(responses, suite, mask, weights)
        yield subset, curves, score_sweep(responses, suite, curves, mask, weights)


def _cell_rows(responses: Responses, suite: Suite) -> tuple[list[Row], Errors]:
    """Return one cell's rows, and what is needed to hold its errors against another's."""
    rows: list[Row] = []
    scores: dict[tuple[str, str], Aggregate] = {}
    for subset, curves, aggregates in _by_subset(responses, suite):
        for name in SCORES:
            if name in curves:
                rows += _curve_rows(name, subset, responses.levels, curves[name])
            if name in aggregates:
                rows += _sweep_rows(name, subset, aggregates[name])
        scores |= {(subset, name): aggregate for name, aggregate in aggregates.items()}
    return rows, errors_of(responses.images, responses.levels, scores)


def _sweep_rows(name: str, subset: str, aggregate: Aggregate) -> Iterator[Row]:
    yield from _rows(name, subset, float("nan"), aggregate.resamples, aggregate.count)


def _curve_rows(name: str, subset: str, levels: Float64Array, curve: Curve) -> Iterator[Row]:
    for index, level in enumerate(levels):
        yield from _rows(name, subset, float(level), curve.resamples[:, index], int(curve.count[index]))


def _rows(name: str, subset: str, level: float, resamples: Float64Array, count: int) -> Iterator[Row]:
    if not np.isfinite(resamples[0]):
        return
    value = float(resamples[0])
    if SCORES[name].interval == "Wilson":
        low, high = (float(bound) for bound in wilson_interval(value * count, count))
    else:
        low, high = resampled_bounds(name, resamples)
    yield {
        "level": level,
        "subset": subset,
        "metric": name,
        "value": value,
        "low": low,
        "high": high,
        "count": count,
    }
