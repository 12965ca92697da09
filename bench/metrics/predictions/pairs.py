"""Two labels in one image: how many of them are found, and how far the objects really cover each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from runbench.metrics.predictions.weighted import BoolArray, Float32Array, Float64Array, weighted_means

ATTAINED_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of the bins that part the images of a set without an axis: closed below, the last one above too."""

ATTAINED_BINS = {f"attained {low:g} to {high:g}": (low, high) for low, high in pairwise(ATTAINED_EDGES)}
"""The bins by the name of their subset."""


def label_recall(labels: Float64Array, predicted: Float64Array) -> Float64Array:
    """Return the share of each row's labels found among its predicted classes, (rows,).

    labels and predicted (rows, 2), NaN where there is no second one. The order within a row does not matter.
    """
    # NaN equals nothing, so what is absent is never found.
    found = (labels[:, :, np.newaxis] == predicted[:, np.newaxis, :]).any(axis=2)
    return np.asarray(found.sum(axis=1) / np.isfinite(labels).sum(axis=1), dtype=np.float64)


def attained_means(
    attained: Float64Array, levels: Float64Array, mask: BoolArray, weights: Float32Array
) -> Float64Array:
    """Return the mean of what the images attain of each level, (R, L); NaN where all meet it exactly.

    attained (n, L), NaN where the level is met exactly, levels (L,), mask (n, L), weights (R, n).
    """
    missed = np.isfinite(attained)
    means = weighted_means(np.where(missed, attained, levels), mask, weights)
    return np.where((missed & mask).any(axis=0), means, np.nan)


def attained_masks(attained: Float64Array) -> dict[str, BoolArray]:
    """Return which images lie in each of ATTAINED_BINS, by its name, (n, L); attained (n, L), NaN lies in none."""
    places = np.searchsorted(ATTAINED_EDGES[1:-1], attained, side="right")
    inside = (attained >= ATTAINED_EDGES[0]) & (attained <= ATTAINED_EDGES[-1])
    return {name: inside & (places == place) for place, name in enumerate(ATTAINED_BINS)}
