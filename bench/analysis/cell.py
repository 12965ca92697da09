"""All scores of one cell, value and resamples together.

Everything here returns arrays whose first entry along axis 0 is the value and whose others are resamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runbench.metrics.predictions.calibration import (
    BINS,
    bin_gaps,
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    presence_gaps,
)
from runbench.metrics.predictions.consistency import agreement, flip_shares, flips_per_unit, flips_split, kappa
from runbench.metrics.predictions.definitions import SCORES
from runbench.metrics.predictions.half_level import half_level
from runbench.metrics.predictions.intact import intact_auroc
from runbench.metrics.predictions.orbit import (
    DRAWN,
    best_of_orbit,
    mean_of_orbit,
    orbit_accuracy,
    worst_of_drawn,
    worst_of_orbit,
)
from runbench.metrics.predictions.pairs import attained_masks, attained_means
from runbench.metrics.predictions.probability import brier_scores, log_losses
from runbench.metrics.predictions.responses import Responses
from runbench.metrics.predictions.weighted import (
    BoolArray,
    Float32Array,
    Float64Array,
    area_under_curve,
    level_shares,
    mean_over_levels,
    ratio,
    weighted_float_sums,
    weighted_means,
    weighted_sums,
)
from runbench.suites import Suite


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


AGAINST_IDENTITY = (
    "consistency",
    "clean_correct_consistency",
    "kappa",
    "right_to_wrong",
    "wrong_to_right",
    "wrong_to_other_wrong",
)
"""The scores of a level that say nothing at the identity, and whose mean over the sweep leaves it out."""


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
    curves = {
        "accuracy": Curve(level_shares(correct, mask, weights), count),
        "non_finite_share": Curve(level_shares(~responses.finite, mask, weights[:1]), count),
    }
    curves |= _probability_curves(responses, suite, mask, weights)
    if identity is not None:
        agreeing = agreement(predicted, identity)
        known = mask & correct[:, [identity]]
        curves["consistency"] = Curve(level_shares(agreeing, mask, weights), count)
        curves["clean_correct_consistency"] = Curve(level_shares(agreeing, known, weights), known.sum(axis=0))
        curves["kappa"] = Curve(kappa(predicted, identity, mask, weights), count)
        for name, flips in flips_split(correct, predicted, identity).items():
            curves[name] = Curve(level_shares(flips, mask, weights), count)
    return curves | _further_curves(responses, suite, mask, weights)


def _probability_curves(
    responses: Responses, suite: Suite, mask: BoolArray, weights: Float32Array
) -> dict[str, Curve]:
    """Score the confidence and the probabilities at each level."""
    confidence, probabilities, present = responses.confidence, responses.probabilities, responses.present
    surprise = responses.correct - confidence
    gaps = {
        "expected_calibration_error": bin_gaps(equal_width_bins(confidence), surprise, mask),
        "equal_mass_calibration_error": bin_gaps(equal_mass_bins(confidence, mask), surprise, mask),
    }
    if suite.task.sought > 1:
        gaps["presence_calibration_error"] = presence_gaps(probabilities, present, mask)
    losses = {
        "brier_score": brier_scores(probabilities, present),
        "negative_log_likelihood": log_losses(probabilities, present, suite.task),
    }
    masked = np.where(mask[:, :, np.newaxis], np.stack(list(losses.values()), axis=2), 0.0)
    # One product for all of them: the weights are large.
    sums = weighted_float_sums(weights, np.concatenate([*gaps.values(), masked], axis=2))
    *of_bins, of_losses = np.split(sums, BINS * np.arange(1, 1 + len(gaps)), axis=2)
    totals, count = weighted_sums(weights, mask), mask.sum(axis=0)
    curves = {name: calibration_error(bins, totals) for name, bins in zip(gaps, of_bins, strict=True)}
    means = ratio(of_losses, totals[:, :, np.newaxis])
    curves |= dict(zip(losses, np.moveaxis(means, 2, 0), strict=True))
    return {name: Curve(resamples, count) for name, resamples in curves.items()}


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
    identity = responses.level_index(suite.identity)
    scores = {
        "mean_accuracy": mean_over_levels(accuracy),
        "mean_error": mean_over_levels(1 - accuracy),
        "accuracy_in_range": mean_over_levels(accuracy[:, in_range]),
        "accuracy_out_of_range": mean_over_levels(accuracy[:, ~in_range]),
    }
    scores |= _pooled_calibration(responses, suite, mask, weights)
    for name in ("brier_score", "negative_log_likelihood", *suite.further_scores):
        if name in curves and f"mean_{name}" in SCORES:
            scores[f"mean_{name}"] = mean_over_levels(curves[name].resamples)
    if len(responses.levels) > 1:
        scores |= _orbit_scores(responses.correct, mask, weights)
        flips = flip_shares(responses.predicted, mask, weights)
        scores["area_under_curve"] = area_under_curve(accuracy, responses.levels)
        scores["flip_probability"] = mean_over_levels(flips)
        scores["flips_per_unit"] = flips_per_unit(flips, responses.levels)
        if identity is not None and suite.axis:
            scores["half_level"] = half_level(accuracy, responses.levels, identity, suite.period)
    count = int(mask.any(axis=1).sum())
    aggregates = {name: Aggregate(resamples, count) for name, resamples in scores.items()}
    return aggregates if identity is None else aggregates | _against_identity(curves, identity)


def _orbit_scores(correct: BoolArray, mask: BoolArray, weights: Float32Array) -> dict[str, Float64Array]:
    measures = {
        "worst_orbit_accuracy": worst_of_orbit,
        "mean_orbit_accuracy": mean_of_orbit,
        "best_orbit_accuracy": best_of_orbit,
    }
    if correct.shape[1] > DRAWN:
        measures["worst_of_ten_accuracy"] = worst_of_drawn
    per_image = np.stack([measure(correct, mask) for measure in measures.values()], axis=1)
    return dict(zip(measures, orbit_accuracy(per_image, mask, weights).T, strict=True))


def _pooled_calibration(
    responses: Responses, suite: Suite, mask: BoolArray, weights: Float32Array
) -> dict[str, Float64Array]:
    confidence, surprise = responses.confidence, responses.correct - responses.confidence
    together = equal_mass_bins(confidence.reshape(-1, 1), mask.reshape(-1, 1)).reshape(mask.shape)
    gaps = {
        "pooled_calibration_error": bin_gaps(equal_width_bins(confidence), surprise, mask),
        "pooled_equal_mass_calibration_error": bin_gaps(together, surprise, mask),
    }
    if suite.task.sought > 1:
        presence = presence_gaps(responses.probabilities, responses.present, mask)
        gaps["pooled_presence_calibration_error"] = presence
    # One set of bins for all levels, and one product for all sets.
    sums = weighted_float_sums(weights, np.stack([of_bins.sum(axis=1) for of_bins in gaps.values()], axis=1))
    totals = weighted_sums(weights, mask).sum(axis=1, dtype=np.float64)
    return dict(zip(gaps, calibration_error(sums, totals[:, np.newaxis]).T, strict=True))


def _against_identity(curves: Mapping[str, Curve], identity: int) -> dict[str, Aggregate]:
    accuracy = curves["accuracy"]
    aggregates = {"identity_accuracy": Aggregate(accuracy.resamples[:, identity], int(accuracy.count[identity]))}
    others = np.arange(len(accuracy.count)) != identity
    for name in AGAINST_IDENTITY:
        curve = curves[name]
        if others.any():
            mean = mean_over_levels(curve.resamples[:, others])
            aggregates[f"mean_{name}"] = Aggregate(mean, int(curve.count[others].max()))
    return aggregates
