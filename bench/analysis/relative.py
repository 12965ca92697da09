"""A model's errors over those of the reference model on the same images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from runbench.analysis.cell import Aggregate
from runbench.metrics.predictions.weighted import Float64Array, IntArray
from runbench.statistics import percentile_interval

REFERENCE = "baseline"
"""The model that relative errors refer to, where a run has it: in the same suite, with the same training seed."""

NEAR_ZERO = 0.005
"""An error of the reference that is not surely above this, as a mean over levels, divides nothing."""

Place = tuple[str, str, int]
"""A cell's suite, model and seed."""

Scores = Mapping[tuple[str, str], Aggregate]
"""Scores of a sweep by (subset, score)."""


@final
@dataclass(frozen=True)
class Errors:
    """Hold a sweep's errors: its images (n,), its levels (L,), and by (subset, score) what that score divides.

    These are means over levels where the definition has sums: the numbers of levels cancel.
    """

    images: IntArray
    levels: Float64Array
    means: Scores

    def match(self, other: Errors) -> bool:
        """Say whether both answered the same images at the same levels, so that their resamples are paired."""
        return np.array_equal(self.images, other.images) and np.array_equal(self.levels, other.levels)


def errors_of(images: IntArray, levels: Float64Array, scores: Scores) -> Errors:
    """Take a sweep's errors from its scores: all of them, and those beyond the error at the identity."""
    means: dict[tuple[str, str], Aggregate] = {}
    for (subset, name), aggregate in scores.items():
        if name == "mean_error":
            means[subset, "relative_error"] = aggregate
            if (subset, "identity_accuracy") in scores:
                excess = aggregate.resamples - (1 - scores[subset, "identity_accuracy"].resamples)
                means[subset, "relative_excess_error"] = Aggregate(excess, aggregate.count)
    return Errors(images, levels, means)


def against_reference(errors: Mapping[Place, Errors]) -> dict[Place, dict[tuple[str, str], Aggregate]]:
    """Score each sweep by (suite, model, seed) against that of the reference, where there is one."""
    return {
        (suite, model, seed): relative_scores(own, errors[suite, REFERENCE, seed])
        for (suite, model, seed), own in errors.items()
        if (suite, REFERENCE, seed) in errors
    }


def relative_scores(own: Errors, reference: Errors) -> dict[tuple[str, str], Aggregate]:
    """Score a sweep against the reference's, by (subset, score).

    "relative_error" is the sum over levels of the errors over that of the reference's, "relative_excess_error" the
    same of the errors beyond the one at the identity: mCE and relative mCE of Hendrycks & Dietterich 2019, section
    4.1, for one kind of change. A score is left out where the reference's sum is near 0 (NEAR_ZERO), and all are
    where the two answered other images or levels.
    """
    if not own.match(reference):
        return {}
    return {
        address: Aggregate(_ratio(mean.resamples, reference.means[address].resamples), mean.count)
        for address, mean in own.means.items()
        if address in reference.means and surely_above_zero(reference.means[address].resamples)
    }


def surely_above_zero(resamples: Float64Array) -> bool:
    """Say whether the interval of a denominator, (R,) with the value first, lies above NEAR_ZERO."""
    low, _ = percentile_interval(resamples[1:])
    return low > NEAR_ZERO


def _ratio(numerator: Float64Array, denominator: Float64Array) -> Float64Array:
    """Divide; the few resamples that bring the denominator near 0 are held there, so that they stay finite."""
    return np.asarray(numerator / np.maximum(denominator, NEAR_ZERO))
