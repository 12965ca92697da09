"""Metric and cost rows in, one row per suite and model out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from runbench.analysis.cell import Aggregate
from runbench.analysis.relative import REFERENCE, Place
from runbench.analysis.table import all_sweep_scores, resampled_bounds
from runbench.suites import SUITES, Suite

SUMMARY_SCORES: dict[str, tuple[str, str]] = {
    "identity_accuracy": ("identity_accuracy", "all"),
    "mean_accuracy": ("mean_accuracy", "all"),
    "mean_accuracy_unambiguous": ("mean_accuracy", "unambiguous"),
    "area_under_curve": ("area_under_curve", "all"),
    "accuracy_in_range": ("accuracy_in_range", "all"),
    "accuracy_out_of_range": ("accuracy_out_of_range", "all"),
    "worst_orbit_accuracy": ("worst_orbit_accuracy", "all"),
    "mean_orbit_accuracy": ("mean_orbit_accuracy", "all"),
    "best_orbit_accuracy": ("best_orbit_accuracy", "all"),
    "mean_consistency": ("mean_consistency", "all"),
    "mean_clean_correct_consistency": ("mean_clean_correct_consistency", "all"),
    "mean_kappa": ("mean_kappa", "all"),
    "mean_digit_recall": ("mean_digit_recall", "all"),
    "mean_intact_auroc": ("mean_intact_auroc", "all"),
    "half_level": ("half_level", "all"),
    "relative_error": ("relative_error", "all"),
    "flip_probability": ("flip_probability", "all"),
    "pooled_calibration_error": ("pooled_calibration_error", "all"),
    "mean_brier_score": ("mean_brier_score", "all"),
}
"""The summary's columns: which score on which subset each of them shows."""

SUMMARY_COSTS: tuple[str, ...] = (
    "parameters",
    "auxiliary_parameters",
    "multiply_adds",
    "throughput",
    "latency",
    "training_step",
    "peak_memory",
    "training_peak_memory",
)

MODEL_COLUMNS = ("suite", "model", "architecture", "regime")

SUMMARY_COLUMNS = (
    *MODEL_COLUMNS,
    "seeds",
    "count",
    *(f"{column}{part}" for column in SUMMARY_SCORES for part in ("", "_low", "_high", "_sd")),
    *SUMMARY_COSTS,
)

Bounds = dict[tuple[str, str], tuple[float, float]]

Scored = Mapping[Place, Mapping[tuple[str, str], Aggregate]]


def summarise(
    metrics: pd.DataFrame,
    costs: pd.DataFrame,
    predictions: pd.DataFrame | None = None,
    suites: Mapping[str, Suite] = SUITES,
) -> pd.DataFrame:
    """Summarise each suite and model in a row: SUMMARY_COLUMNS, in the order of `metrics`.

    One seed: the score with its own interval. Several: the mean over seeds, the standard deviation between
    them (n - 1), and, where their predictions are given, the percentile interval of that mean over images
    drawn with replacement, the same images for every seed; without predictions the bounds are null. A score
    that a seed lacks has no mean. `count` is the number of images.
    """
    sweeps = metrics[metrics["level"].isna()]
    scored = _scored(sweeps, predictions, suites)
    rows = []
    for (suite, model), group in sweeps.groupby(["suite", "model"], sort=False, observed=True):
        seeds = len(group["seed"].unique())
        bounds = _bounds_over_seeds(scored, str(suite), str(model)) if seeds > 1 else _own_bounds(group)
        row = {column: group.iloc[0][column] for column in MODEL_COLUMNS}
        row |= {"seeds": seeds, "count": group["count"].max()}
        row |= _scores(group, seeds, bounds) | _costs(_of(costs, suite, model))
        rows.append(row)
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def completed(summary: pd.DataFrame, metrics: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Return a stored summary with all columns of today, made from metrics and costs where it is empty."""
    if summary.empty:
        return summarise(metrics, costs)
    return summary.reindex(columns=list(dict.fromkeys([*summary.columns, *SUMMARY_COLUMNS])))


def _of(frame: pd.DataFrame, suite: object, model: object) -> pd.DataFrame:
    return frame[(frame["suite"] == suite) & (frame["model"] == model)]


def _scored(sweeps: pd.DataFrame, predictions: pd.DataFrame | None, suites: Mapping[str, Suite]) -> Scored:
    """Score the cells of the models that have several seeds, and of the reference that they are held against."""
    seeds = sweeps.groupby(["suite", "model"], observed=True)["seed"].nunique()
    several = set(seeds.index[seeds > 1])
    if predictions is None or not several:
        return {}
    wanted = several | {(suite, REFERENCE) for suite, _ in several}
    pairs = pd.MultiIndex.from_frame(predictions[["suite", "model"]])
    return all_sweep_scores(
        predictions[pairs.isin(wanted)], suites, {score for score, _ in SUMMARY_SCORES.values()}
    )


def _own_bounds(group: pd.DataFrame) -> Bounds:
    return {(row["subset"], row["metric"]): (row["low"], row["high"]) for row in group.to_dict(orient="records")}


def _bounds_over_seeds(scored: Scored, suite: str, model: str) -> Bounds:
    by_seed = [scores for place, scores in scored.items() if place[:2] == (suite, model)]
    if not by_seed:
        return {}
    shared = set.intersection(*(set(scores) for scores in by_seed))
    # Seeds answer the same images and so share their weights: resample r is one draw of images for all.
    return {
        (subset, score): resampled_bounds(
            score, np.mean([scores[subset, score].resamples for scores in by_seed], axis=0)
        )
        for subset, score in sorted(shared)
    }


def _scores(group: pd.DataFrame, seeds: int, bounds: Bounds) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for column, (score, subset) in SUMMARY_SCORES.items():
        values = group.loc[(group["metric"] == score) & (group["subset"] == subset), "value"]
        if len(values) == seeds:
            columns[column] = values.mean()
            columns[f"{column}_sd"] = values.std()
            columns[f"{column}_low"], columns[f"{column}_high"] = bounds.get((subset, score), (np.nan, np.nan))
    return columns


def _costs(costs: pd.DataFrame) -> dict[str, Any]:
    return dict(_first_of_each_cost(costs))


def _first_of_each_cost(costs: pd.DataFrame) -> Iterator[tuple[str, float]]:
    for name, value in costs.drop_duplicates("metric")[["metric", "value"]].itertuples(index=False):
        if name in SUMMARY_COSTS:
            yield str(name), float(value)
