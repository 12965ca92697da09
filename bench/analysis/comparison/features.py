"""Metrics of features over the whole sweep, side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.errors import DamagedFileError
from runbench.statistics import Estimate, difference_interval, percentile_interval, pooled_resamples
from runbench.store import contents, schemas
from runbench.store.run import StoredRun

FEATURE_KEY = ["layer", "dimension", "metric"]

FEATURE_COMPARISON_COLUMNS = (
    "suite", "model", "layer", "dimension", "metric", "value_a", "value_b", "difference", "low", "high", "paired",
    "seeds_a", "seeds_b", "count",
)  # fmt: skip
"""One metric of one model in both runs per row: means over the compared seeds, A minus B.

`paired` says that low and high come from the same resamples of the images in both runs; else they are built from
the two intervals as if these were independent, and null where seeds are pooled.
"""

BOUNDED = ["value", "low", "high"]

Row = dict[str, object]


def compare_features(first: StoredRun, second: StoredRun, suites: Mapping[str, tuple[Match, ...]]) -> pd.DataFrame:
    """Set the metrics of the whole sweep that both runs store beside one another; none where one has none."""
    rows = [row for found in suites.values() for match in found for row in _of_match(first, second, match)]
    return pd.DataFrame(rows, columns=list(FEATURE_COMPARISON_COLUMNS))


def _of_match(first: StoredRun, second: StoredRun, match: Match) -> Iterator[Row]:
    of_a, of_b = _sweep_rows(first, match, match.seeds_a), _sweep_rows(second, match, match.seeds_b)
    other = {tuple(map(str, key)): rows for key, rows in _groups(of_b)}
    for key, rows_a in _groups(of_a):
        rows_b = other.get(tuple(map(str, key)))
        if rows_b is not None:
            yield {
                "suite": match.suite,
                "model": match.model,
                **dict(zip(FEATURE_KEY, key, strict=True)),
            } | _compared(rows_a, rows_b)


def _sweep_rows(run: StoredRun, match: Match, seeds: tuple[int, ...]) -> pd.DataFrame:
    """Return a model's metrics of the whole sweep; without rows where a seed's are not stored or damaged."""
    addresses = [f"{match.suite}/{match.model}-seed{seed}" for seed in seeds]
    nothing = pd.DataFrame(columns=list(schemas.FEATURES.names))
    if not all(run.files.features(address).exists() for address in addresses):
        return nothing
    try:
        parts = [contents.read_features(run.files, address) for address in addresses]
    except DamagedFileError:
        # The run has named the file already
        return nothing
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows["level"].isna() & rows["value"].notna()]


def _groups(rows: pd.DataFrame) -> Iterator[tuple[tuple[object, ...], pd.DataFrame]]:
    for key, group in rows.groupby(FEATURE_KEY, sort=False, dropna=False, observed=True):
        yield tuple(key), group


def _compared(rows_a: pd.DataFrame, rows_b: pd.DataFrame) -> Row:
    value_a, value_b = float(rows_a["value"].mean()), float(rows_b["value"].mean())
    resamples = [_resamples(rows) for rows in (rows_a, rows_b)]
    low, high, paired = math.nan, math.nan, False
    if resamples[0] is not None and resamples[1] is not None and resamples[0].shape[1] == resamples[1].shape[1]:
        difference = pooled_resamples(resamples[0]) - pooled_resamples(resamples[1])
        low, high = percentile_interval(difference[1:])
        paired = True
    elif len(rows_a) == len(rows_b) == 1:
        first, second = (Estimate(*rows[BOUNDED].iloc[0].astype(float)) for rows in (rows_a, rows_b))
        independent = difference_interval(first, second)
        low, high = independent.low, independent.high
    return {
        "value_a": value_a,
        "value_b": value_b,
        "difference": value_a - value_b,
        "low": low,
        "high": high,
        "paired": paired,
        "seeds_a": len(rows_a),
        "seeds_b": len(rows_b),
        "count": rows_a["count"].max(),
    }


def _resamples(rows: pd.DataFrame) -> np.ndarray | None:
    """Return the stored resamples of a metric by seed, (S, 1 + R); None where a seed has none."""
    stored = [values for values in rows["resamples"] if values is not None]
    if len(stored) < len(rows) or len({len(values) for values in stored}) != 1:
        return None
    return np.stack([np.asarray(values, dtype=np.float64) for values in stored])
