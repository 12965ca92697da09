"""Weighted shares, and their mean along the sweep: what every metric is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float, Integer

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]

Flags = Bool[np.ndarray, "images levels"]
Numbers = Integer[np.ndarray, "images levels"]
Values = Float[np.ndarray, "images levels"]
PerImage = Float[np.ndarray, "images"]
Levels = Float[np.ndarray, "levels"]
Weights = Float[np.ndarray, "resamples images"]
Curves = Float[np.ndarray, "resamples levels"]
Sweep = Float[np.ndarray, "resamples"]
Probabilities = Float[np.ndarray, "images levels classes"]
Present = Bool[np.ndarray, "images classes"]
AnyFlags = Bool[np.ndarray, "images *rest"]
AnyValues = Float[np.ndarray, "images *rest"]
AnySums = Float[np.ndarray, "resamples *rest"]
Gaps = Float[np.ndarray, "images levels bins"]
"""What images add to the bins at each level."""


def ratio(numerator: npt.NDArray[Any], denominator: npt.NDArray[Any]) -> Float64Array:
    """Divide in float64; NaN where the denominator is 0."""
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.broadcast_to(np.asarray(denominator, dtype=np.float64), top.shape)
    quotient = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient


def weighted_sums(weights: Weights, flags: AnyFlags) -> AnySums:
    """Sum flags (n, ...) over images for each row of weights (R, n); exact below 2**24."""
    flat = flags.reshape(len(flags), -1)
    if flat.all():
        sums = np.broadcast_to(weights.sum(axis=1, keepdims=True), (len(weights), flat.shape[1]))
    elif flat.any():
        sums = weights @ flat.astype(np.float32)
    else:
        sums = np.zeros((len(weights), flat.shape[1]), dtype=np.float32)
    return sums.reshape(len(weights), *flags.shape[1:])


def level_shares(flags: Flags, mask: Flags, weights: Weights) -> Curves:
    """Return the share of set flags per level, (R, L), among the masked images; NaN where there are none.

    flags and mask (n, L), weights (R, n).
    """
    return ratio(weighted_sums(weights, flags & mask), weighted_sums(weights, mask))


def weighted_float_sums(weights: Weights, values: AnyValues) -> AnySums:
    """Sum values (n, ...) over images for each row of weights (R, n), in float64; zeros all down cost nothing."""
    flat = values.reshape(len(values), -1)
    occupied = flat.any(axis=0)
    sums = np.zeros((len(weights), flat.shape[1]))
    sums[:, occupied] = weights.astype(np.float64) @ flat[:, occupied]
    return sums.reshape(len(weights), *values.shape[1:])


def weighted_means(values: Values, mask: Flags, weights: Weights) -> Curves:
    """Return the mean of values per level, (R, L), among the masked images; NaN where there are none.

    values and mask (n, L), weights (R, n).
    """
    return ratio(weighted_float_sums(weights, np.where(mask, values, 0.0)), weighted_sums(weights, mask))


def mean_over_levels(curves: Curves) -> Sweep:
    """Return the mean of each curve (R, L) over the levels where it is defined; NaN where it never is.

    Each level counts once, however many images it has.
    """
    defined = np.isfinite(curves)
    return ratio(np.where(defined, curves, 0.0).sum(axis=1), defined.sum(axis=1))
