"""Whether confidence, or a probability of presence, is worth its name.

Answers are put into bins by what was claimed of them, and in each bin the claim is held against what was true. A
bin's share of answers cancels the denominators of its two means, so a calibration error is a sum over bins of
|sum of outcome minus claim|, over the number of answers: `bin_gaps` holds what images add to these sums.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from jaxtyping import Float, Integer

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import (
    Flags,
    Gaps,
    Numbers,
    Present,
    Probabilities,
    Values,
    ratio,
    weighted_float_sums,
    weighted_sums,
)

BINS = 15


def equal_width_bins(claims: Float[np.ndarray, "*claims"]) -> Integer[np.ndarray, "*claims"]:
    """Return the number of the equal-width bin ((b / BINS, (b + 1) / BINS]; 0 in the first) of each value."""
    edges = np.linspace(0.0, 1.0, BINS + 1)[1:-1]
    return np.searchsorted(edges, claims, side="left")


def equal_mass_bins(claims: Values, mask: Flags) -> Numbers:
    """Return the bin of each value, (n, L), such that at each level each holds as many masked values.

    claims and mask (n, L). Edges are values: the last of each bin, which belongs to it with all that equal it, so
    ties stay together and make bins unequal or empty. Edges are those of the images themselves, and stay where
    they are when images are resampled. After Nguyen & O'Connor 2015, section 3.
    """
    numbers = np.zeros(claims.shape, dtype=np.int64)
    for level in range(claims.shape[1]):
        ascending = np.sort(claims[mask[:, level], level])
        # The b-th edge is the value of rank b n / BINS, rounded up; whole numbers keep it exact.
        last = -(-np.arange(1, BINS) * len(ascending) // BINS) - 1
        edges = ascending[last] if ascending.size else ascending
        numbers[:, level] = np.searchsorted(edges, claims[:, level], side="left")
    return numbers


def bin_gaps(
    bins: Integer[np.ndarray, "images levels *claims"],
    differences: Float[np.ndarray, "images levels *claims"],
    mask: Flags,
) -> Gaps:
    """Return what each image adds to each bin at each level, (n, L, BINS): its outcomes minus its claims.

    bins and differences (n, L), or (n, L, E) where each image makes E claims; mask (n, L).
    """
    claims = bins.reshape(mask.size, -1)
    places = np.arange(mask.size)[:, np.newaxis] * BINS + claims
    counted = differences.reshape(claims.shape).astype(np.float64) * mask.reshape(-1, 1)
    sums = np.bincount(places.ravel(), weights=counted.ravel(), minlength=mask.size * BINS)
    return np.asarray(sums.reshape(*mask.shape, BINS), dtype=np.float64)


def presence_gaps(probabilities: Probabilities, present: Present, mask: Flags) -> Gaps:
    """Return `bin_gaps` of the claims that each class is present, in bins of equal width, (n, L, BINS).

    probabilities (n, L, K), present (n, K), mask (n, L). An image's K claims are averaged, so that calibration
    errors are over all n K claims at a level.
    """
    differences = (present[:, np.newaxis, :] - probabilities.astype(np.float64)) / present.shape[1]
    return bin_gaps(equal_width_bins(probabilities), differences, mask)


def calibration_error(
    sums: Float[np.ndarray, "*answers bins"], totals: Float[np.ndarray, "*answers"]
) -> Float[np.ndarray, "*answers"]:
    """Return the calibration errors, (...), from sums over images of `bin_gaps`, (..., BINS).

    totals (...) are the sums of the answers' weights. The sum over bins of |accuracy - confidence| times the
    bin's share of answers: Guo et al. 2017, eq. 3.
    """
    return ratio(np.abs(sums).sum(axis=-1), totals)


def at_each_level(selection: Selection, gaps: Gaps) -> Resampled:
    """Return the calibration error at each level, from its `bin_gaps` (n, L, BINS)."""
    sums = weighted_float_sums(selection.weights, gaps)
    return selection.at_levels(calibration_error(sums, weighted_sums(selection.weights, selection.mask)))


def over_all_levels(selection: Selection, gaps: Gaps) -> Resampled:
    """Return the calibration error of the answers at all levels together, from their `bin_gaps` (n, L, BINS)."""
    sums = weighted_float_sums(selection.weights, gaps.sum(axis=1))
    totals = weighted_sums(selection.weights, selection.mask).sum(axis=1, dtype=np.float64)
    return selection.over_sweep(calibration_error(sums, totals))


def _equal_width_gaps(selection: Selection) -> Gaps:
    answers = selection.answers
    return bin_gaps(equal_width_bins(answers.confidence), answers.correct - answers.confidence, selection.mask)


def _equal_mass_gaps(selection: Selection) -> Gaps:
    answers = selection.answers
    bins = equal_mass_bins(answers.confidence, selection.mask)
    return bin_gaps(bins, answers.correct - answers.confidence, selection.mask)


def _pooled_equal_mass_gaps(selection: Selection) -> Gaps:
    answers, mask = selection.answers, selection.mask
    bins = equal_mass_bins(answers.confidence.reshape(-1, 1), mask.reshape(-1, 1)).reshape(mask.shape)
    return bin_gaps(bins, answers.correct - answers.confidence, mask)


_error = partial(Metric, unit="share", better="lower", interval="recentred bootstrap")

METRICS: tuple[Metric, ...] = (
    _error(
        name="expected_calibration_error",
        title="expected calibration error",
        over="level",
        definition="Mean distance between confidence and accuracy in 15 bins of equal width, weighted by how "
        "many images lie in each, at one level. Non-finite scores have confidence 0.",
        source="Guo et al. 2017",
        compute=lambda selection: at_each_level(selection, _equal_width_gaps(selection)),
    ),
    _error(
        name="equal_mass_calibration_error",
        title="expected calibration error, equal mass",
        over="level",
        definition="Expected calibration error at one level in 15 bins that hold as many images each, equal "
        "confidences together. The bins' edges stay where they are when images are resampled.",
        source="after Nguyen & O'Connor 2015",
        compute=lambda selection: at_each_level(selection, _equal_mass_gaps(selection)),
    ),
    _error(
        name="pooled_calibration_error",
        title="calibration error over the sweep",
        definition="Expected calibration error, 15 bins of equal width, of the predictions at all levels taken "
        "together.",
        source="Guo et al. 2017",
        compute=lambda selection: over_all_levels(selection, _equal_width_gaps(selection)),
        columns=(Column(180, "calibration error"),),
    ),
    _error(
        name="pooled_equal_mass_calibration_error",
        title="calibration error over the sweep, equal mass",
        definition="Expected calibration error of the predictions at all levels taken together, in 15 bins that "
        "hold as many of them each, equal confidences together.",
        source="after Nguyen & O'Connor 2015",
        compute=lambda selection: over_all_levels(selection, _pooled_equal_mass_gaps(selection)),
    ),
)
