"""Intervals. No torch.

A score is a pure function of sums over images, so one resample of the images is one row of weights, and a
whole bootstrap is one matrix product. Row 0 of the weights is all ones: the value itself.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist
from typing import Any, cast

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
RESAMPLES = 1000
SEED = 20_190_513

FloatArray = npt.NDArray[np.floating[Any]]
Float64Array = npt.NDArray[np.float64]


def wilson_interval(
    successes: npt.ArrayLike, count: npt.ArrayLike, confidence: float = CONFIDENCE
) -> tuple[Float64Array, Float64Array]:
    """Return the bounds of a share's score interval, without continuity correction.

    `successes` and `count` broadcast; where `count` is 0 nothing is known and the bounds are 0 and 1. Wilson
    1927, J. Am. Stat. Assoc. 22, p. 209.
    """
    trials = np.asarray(count, dtype=np.float64)
    share = np.asarray(successes, dtype=np.float64) / np.maximum(trials, 1)
    z_squared = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    scale = trials + z_squared
    centre = (trials * share + z_squared / 2) / scale
    half = np.sqrt(z_squared * (trials * share * (1 - share) + z_squared / 4)) / scale
    # At shares of 0 and 1 the bound is the share; rounding would leave it 1e-17 beside it.
    low = np.where(share == 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where((share == 1) & (trials > 0), 1.0, np.clip(centre + half, 0, 1))
    return cast("Float64Array", low), cast("Float64Array", high)


@lru_cache(maxsize=4)
def bootstrap_weights(count: int, resamples: int = RESAMPLES, seed: int = SEED) -> npt.NDArray[np.float32]:
    """Return how often each image occurs in each resample, (1 + resamples, count); row 0 is all ones.

    Images are drawn with replacement, `count` per resample. The same count gives the same weights, so models
    measured on the same images are resampled together. Weights are small whole numbers: sums of them over
    flags are exact in float32 and do not depend on the order of summation. Read-only.
    """
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, count, (resamples, count))
    cells = drawn + count * np.arange(resamples)[:, np.newaxis]
    weights = np.ones((1 + resamples, count), dtype=np.float32)
    weights[1:] = np.bincount(cells.ravel(), minlength=resamples * count).reshape(resamples, count)
    weights.flags.writeable = False
    return weights


def percentile_interval(replicates: FloatArray, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a score; replicates (R,), undefined ones are left out.

    Efron 1979; without any defined replicate the bounds are NaN.
    """
    defined = replicates[np.isfinite(replicates)]
    if defined.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def recentred_interval(
    value: float, replicates: FloatArray, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the percentile interval moved by the resamples' mean bias, not below 0; replicates (R,).

    For scores that are sums of absolute values: resampling adds noise, noise adds to every absolute value, and
    the plain interval may lie wholly above the score.
    """
    defined = replicates[np.isfinite(replicates)]
    if defined.size == 0:
        return float("nan"), float("nan")
    low, high = percentile_interval(defined, confidence)
    bias = float(defined.mean()) - value
    return max(low - bias, 0.0), max(high - bias, 0.0)


def difference_interval(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return first minus second with its bounds, from two (value, low, high).

    The bounds treat the two as independent (Newcombe 1998, Stat. Med. 17, method 10: square-and-add). On the
    same images two models tend to err together, so the true interval is usually narrower.
    """
    value, low, high = first
    other, other_low, other_high = second
    difference = value - other
    below = float(np.hypot(value - low, other_high - other))
    above = float(np.hypot(high - value, other - other_low))
    return difference, difference - below, difference + above
