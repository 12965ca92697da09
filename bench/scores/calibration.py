"""Whether confidence is worth its name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.scores.weighted import BoolArray, Float32Array, Float64Array, ratio, weighted_sums

BINS = 15


def confidence_bins(confidence: Float64Array, bins: int = BINS) -> npt.NDArray[np.int64]:
    """Return the number of the equal-width bin ((b / bins, (b + 1) / bins]; 0 in the first) of each value."""
    edges = np.linspace(0.0, 1.0, bins + 1)[1:-1]
    return np.searchsorted(edges, confidence, side="left")


def expected_calibration_error(
    correct: BoolArray, confidence: Float64Array, mask: BoolArray, weights: Float32Array
) -> Float64Array:
    """Return the calibration error at each level, (R, L).

    correct, confidence and mask (n, L), weights (R, n). Over 15 equal-width bins, the sum of |accuracy -
    confidence| times the bin's share of images. Guo et al. 2017, eq. 3.
    """
    gaps = bin_gaps(correct, confidence, mask)
    sums = _weighted_float_sums(weights, gaps)
    return ratio(np.abs(sums).sum(axis=2), weighted_sums(weights, mask))


def pooled_calibration_error(
    correct: BoolArray, confidence: Float64Array, mask: BoolArray, weights: Float32Array
) -> Float64Array:
    """Return the calibration error of the predictions at all levels taken together, (R,).

    As `expected_calibration_error`, with one set of bins for all levels.
    """
    gaps = bin_gaps(correct, confidence, mask).sum(axis=1)
    sums = _weighted_float_sums(weights, gaps)
    return ratio(np.abs(sums).sum(axis=1), weights.astype(np.float64) @ mask.sum(axis=1))


def bin_gaps(correct: BoolArray, confidence: Float64Array, mask: BoolArray) -> Float64Array:
    """Return correct minus confidence in the bin of each masked answer and 0 in the others, (n, L, bins).

    A bin's share of images cancels the denominators of its mean accuracy and mean confidence, so sums of
    these are all that the calibration error needs.
    """
    bins = confidence_bins(confidence)[:, :, np.newaxis] == np.arange(BINS)
    return np.where(bins & mask[:, :, np.newaxis], (correct - confidence)[:, :, np.newaxis], 0.0)


def _weighted_float_sums(weights: Float32Array, values: Float64Array) -> Float64Array:
    """Sum values (n, ...) over images for each row of weights (R, n), leaving out columns of zeros."""
    flat = values.reshape(len(values), -1)
    occupied = flat.any(axis=0)
    sums = np.zeros((len(weights), flat.shape[1]))
    sums[:, occupied] = weights.astype(np.float64) @ flat[:, occupied]
    return sums.reshape(len(weights), *values.shape[1:])
