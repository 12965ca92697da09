"""What a metric of predictions is computed from, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, final

import numpy as np

from runbench.metrics.predictions.weighted import (
    BoolArray,
    Float32Array,
    Float64Array,
    IntArray,
    level_shares,
    weighted_means,
)

if TYPE_CHECKING:
    from runbench.metrics.predictions.cell import CellPredictions


@final
@dataclass(frozen=True)
class Resampled:
    """A metric with its resamples, and how many images it counts.

    values (R, L) and count (L,) at each level, values (R,) and count () over the sweep; values[0] is the metric
    itself.
    """

    values: Float64Array
    count: IntArray


@final
@dataclass(frozen=True)
class Selection:
    """The answers of one cell on a subset of its images, and how often each resample draws an image.

    mask (n, L), weights (R, n), whose first row is all ones. `unchanged` is the number of the level at which
    nothing changes, None where it was not measured; `axis` names what the levels are of, empty for a set;
    `period`, for an axis that closes on itself, is its length.
    """

    answers: CellPredictions
    mask: BoolArray
    weights: Float32Array
    axis: str
    unchanged: int | None
    period: float | None

    @property
    def identity(self) -> int:
        """Return the number of the level at which nothing changes; raise ValueError where there is none."""
        if self.unchanged is None:
            raise ValueError("the identity is not among the levels")
        return self.unchanged

    @cached_property
    def count(self) -> IntArray:
        """Return how many images count at each level, (L,)."""
        return np.asarray(self.mask.sum(axis=0))

    @cached_property
    def accuracy(self) -> Float64Array:
        """Return the accuracy at each level, (R, L)."""
        return level_shares(self.answers.correct, self.mask, self.weights)

    def share(self, flags: BoolArray) -> Resampled:
        """Return the share of images with a set flag at each level; flags (n, L)."""
        return self.at_levels(level_shares(flags, self.mask, self.weights))

    def mean(self, values: Float64Array) -> Resampled:
        """Return the mean over images at each level; values (n, L)."""
        return self.at_levels(weighted_means(values, self.mask, self.weights))

    def at_levels(self, curves: Float64Array) -> Resampled:
        """Return curves (R, L) with the number of images at each level."""
        return Resampled(curves, self.count)

    def over_sweep(self, values: Float64Array) -> Resampled:
        """Return values (R,) with the number of images that count at a level at least."""
        return Resampled(values, np.asarray(self.mask.any(axis=1).sum()))
