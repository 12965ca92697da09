"""An image and all its versions at the suite's grid of levels: its orbit. Engstrom et al. 2019."""

from __future__ import annotations

import numpy as np
from scipy.special import binom

from runbench.metrics.predictions.weighted import BoolArray, Float32Array, Float64Array, ratio

DRAWN = 10
"""How many versions of an image the worst is sought among, where they are drawn at random."""


def worst_of_orbit(correct: BoolArray, mask: BoolArray) -> Float64Array:
    """Return 1 for each image that is correct at all its masked levels, else 0, (n,); correct, mask (n, L)."""
    return np.asarray((correct | ~mask).all(axis=1), dtype=np.float64)


def mean_of_orbit(correct: BoolArray, mask: BoolArray) -> Float64Array:
    """Return each image's share of correct levels among its masked ones, (n,); correct, mask (n, L).

    NaN for an image without a masked level.
    """
    return ratio((correct & mask).sum(axis=1), mask.sum(axis=1))


def best_of_orbit(correct: BoolArray, mask: BoolArray) -> Float64Array:
    """Return 1 for each image that is correct at one masked level at least, else 0, (n,); all (n, L)."""
    return np.asarray((correct & mask).any(axis=1), dtype=np.float64)


def worst_of_drawn(correct: BoolArray, mask: BoolArray, drawn: int = DRAWN) -> Float64Array:
    """Return each image's chance to be correct at all of `drawn` masked levels, (n,); correct, mask (n, L).

    The levels are drawn at random without replacement, so the chance is a ratio of numbers of choices and nothing
    has to be drawn: the worst-of-k attack of Engstrom et al. 2019, section 3, on a grid. An image with fewer
    masked levels than `drawn` has to be correct at all of them.
    """
    among = mask.sum(axis=1)
    tries = np.minimum(drawn, among)
    return ratio(binom((correct & mask).sum(axis=1), tries), binom(among, tries))


def orbit_accuracy(per_image: Float64Array, mask: BoolArray, weights: Float32Array) -> Float64Array:
    """Return the mean over the images that have a masked level, (R, ...).

    per_image (n, ...) from the functions above, mask (n, L), weights (R, n).
    """
    counted = mask.any(axis=1)
    values = np.where(counted.reshape(-1, *[1] * (per_image.ndim - 1)), per_image, 0.0)
    sums = weights.astype(np.float64) @ values
    totals = weights @ counted.astype(np.float32)
    return ratio(sums, totals.reshape(-1, *[1] * (sums.ndim - 1)))
