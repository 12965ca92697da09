"""All scores of one cell, value and resamples together.

Everything here returns arrays whose first entry along axis 0 is the value and whose others are resamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.scores.calibration import expected_calibration_error, pooled_calibration_error
from bench.scores.consistency import agreement, flip_shares, flips_per_unit, kappa
from bench.scores.definitions import SCORES
from bench.scores.intact import intact_auroc
from bench.scores.orbit import best_of_orbit, mean_of_orbit, orbit_accuracy, worst_of_orbit
from bench.scores.pairs import attained_masks, attained_means
from bench.scores.responses import Responses
from bench.scores.weighted import (
    BoolArray,
    Float32Array,
    Float64Array,
    area_under_curve,
    level_shares,
    mean_over_levels,
    weighted_means,
)
from bench.suites import Suite


@dataclass(frozen=True)
class Curve:
    """Hold a score at each level: resamples (R, L), and how many images each level counts (L,)."""

    resamples: Float64Array
    count: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Aggregate:
    """Hold a score of the whole sweep: resamples (R,), and how many images it counts."""

    resamples: Float64Array
    count: int


def subset_masks(responses: Responses, suite: Suite) -> dict[str, BoolArray]:
    """Return which rows each subset keeps, (n, L); "unambiguous" only where it leaves something out.

    Without an axis, what the images attain takes its place: each bin of it that has images is a subset.
    """
    masks = {"all": np.ones_like(responses.correct)}
    if responses.ambiguous.any():
        masks["unambiguous"] = ~responses.ambiguous
    if not suite.axis:
        masks |= {name: mask for name, mask in attained_masks(responses.attained).items() if mask.any()}
    return masks


def score_levels(responses: Responses, suite: Suite, mask: BoolArray, weights: Float32Array) -> dict[str, Curve]:
    """Score each level; mask (n, L), weights (R, n). Scores against the identity need it among the levels."""
    correct, predicted, count = responses.correct, responses.predicted, mask.sum(axis=0)
    identity = responses.level_index(suite.identity)
    calibration = expected_calibration_error(correct, responses.confidence, mask, weights)
    curves = {
        "accuracy": Curve(level_shares(correct, mask, weights), count),
        "non_finite_share": Curve(level_shares(~responses.finite, mask, weights[:1]), count),
        "expected_calibration_error": Curve(calibration, count),
    }
    if identity is not None:
        agreeing = agreement(predicted, identity)
        known = mask & correct[:, [identity]]
        curves["consistency"] = Curve(level_shares(agreeing, mask, weights), count)
        curves["clean_correct_consistency"] = Curve(level_shares(agreeing, known, weights), known.sum(axis=0))
        curves["kappa"] = Curve(kappa(predicted, identity, mask, weights), count)
    return curves | _further_curves(responses, suite, mask, weights)


def _further_curves(
    responses: Responses, suite: Suite, mask: BoolArray, weights: Float32Array
) -> dict[str, Curve]:
    """Score each level by what only some suites ask for."""
    identity, count = responses.level_index(suite.identity), mask.sum(axis=0)
    curves = {}
    if "digit_recall" in suite.further_scores:
        curves["digit_recall"] = Curve(weighted_means(responses.recall, mask, weights), count)
    if "intact_auroc" in suite.further_scores and identity is not None:
        curves["intact_auroc"] = Curve(intact_auroc(responses.confidence, identity, mask, weights), count)
    if "attained_level" in suite.further_scores:
        means = attained_means(responses.attained, responses.levels, mask, weights)
        curves["attained_level"] = Curve(means, count)
    return curves


def score_sweep(
    responses: Responses,
    suite: Suite,
    curves: Mapping[str, Curve],
    mask: BoolArray,
    weights: Float32Array,
) -> dict[str, Aggregate]:
    """Score the sweep as a whole, given its curves; mask (n, L), weights (R, n).

    A single level is no sweep: there are no steps, and an orbit is an image.
    """
    accuracy, in_range = curves["accuracy"].resamples, responses.in_range
    calibration = pooled_calibration_error(responses.correct, responses.confidence, mask, weights)
    scores = {
        "mean_accuracy": mean_over_levels(accuracy),
        "accuracy_in_range": mean_over_levels(accuracy[:, in_range]),
        "accuracy_out_of_range": mean_over_levels(accuracy[:, ~in_range]),
        "pooled_calibration_error": calibration,
    }
    for name in suite.further_scores:
        if name in curves and f"mean_{name}" in SCORES:
            scores[f"mean_{name}"] = mean_over_levels(curves[name].resamples)
    if len(responses.levels) > 1:
        scores |= _orbit_scores(responses.correct, mask, weights)
        flips = flip_shares(responses.predicted, mask, weights)
        scores["area_under_curve"] = area_under_curve(accuracy, responses.levels)
        scores["flip_probability"] = mean_over_levels(flips)
        scores["flips_per_unit"] = flips_per_unit(flips, responses.levels)
    count = int(mask.any(axis=1).sum())
    aggregates = {name: Aggregate(resamples, count) for name, resamples in scores.items()}
    identity = responses.level_index(suite.identity)
    return aggregates if identity is None else aggregates | _against_identity(curves, identity)


def _orbit_scores(correct: BoolArray, mask: BoolArray, weights: Float32Array) -> dict[str, Float64Array]:
    names = ("worst_orbit_accuracy", "mean_orbit_accuracy", "best_orbit_accuracy")
    measures = (worst_of_orbit, mean_of_orbit, best_of_orbit)
    per_image = np.stack([measure(correct, mask) for measure in measures], axis=1)
    return dict(zip(names, orbit_accuracy(per_image, mask, weights).T, strict=True))


def _against_identity(curves: Mapping[str, Curve], identity: int) -> dict[str, Aggregate]:
    accuracy = curves["accuracy"]
    aggregates = {"identity_accuracy": Aggregate(accuracy.resamples[:, identity], int(accuracy.count[identity]))}
    others = np.arange(len(accuracy.count)) != identity
    for name in ("consistency", "clean_correct_consistency", "kappa"):
        curve = curves[name]
        if others.any():
            mean = mean_over_levels(curve.resamples[:, others])
            aggregates[f"mean_{name}"] = Aggregate(mean, int(curve.count[others].max()))
    return aggregates
