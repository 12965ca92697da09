"""An image and all its versions at the suite's grid of levels: its orbit. Engstrom et al. 2019."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import binom

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import Flags, PerImage, Sweep, Weights, ratio

DRAWN = 10
"""How many versions of an image the worst is sought among, where they are drawn at random."""


def worst_of_orbit(correct: Flags, mask: Flags) -> PerImage:
    """Return 1 for each image that is correct at all its masked levels, else 0, (n,); correct, mask (n, L)."""
    return np.asarray((correct | ~mask).all(axis=1), dtype=np.float64)


def mean_of_orbit(correct: Flags, mask: Flags) -> PerImage:
    """Return each image's share of correct levels among its masked ones, (n,); correct, mask (n, L).

    NaN for an image without a masked level.
    """
    return ratio((correct & mask).sum(axis=1), mask.sum(axis=1))


def best_of_orbit(correct: Flags, mask: Flags) -> PerImage:
    """Return 1 for each image that is correct at one masked level at least, else 0, (n,); all (n, L)."""
    return np.asarray((correct & mask).any(axis=1), dtype=np.float64)


def worst_of_drawn(correct: Flags, mask: Flags, drawn: int = DRAWN) -> PerImage:
    """Return each image's chance to be correct at all of `drawn` masked levels, (n,); correct, mask (n, L).

    The levels are drawn at random without replacement, so the chance is a ratio of numbers of choices and nothing
    has to be drawn: the worst-of-k attack of Engstrom et al. 2019, section 3, on a grid. An image with fewer
    masked levels than `drawn` has to be correct at all of them.
    """
    among = mask.sum(axis=1)
    tries = np.minimum(drawn, among)
    return ratio(binom((correct & mask).sum(axis=1), tries), binom(among, tries))


def orbit_accuracy(per_image: PerImage, mask: Flags, weights: Weights) -> Sweep:
    """Return the mean over the images that have a masked level, (R,).

    per_image (n,) from the functions above, mask (n, L), weights (R, n).
    """
    counted = mask.any(axis=1)
    sums = weights.astype(np.float64) @ np.where(counted, per_image, 0.0)
    return ratio(sums, weights @ counted.astype(np.float32))


def _mean_of(per_image: Callable[[Flags, Flags], PerImage]) -> Callable[[Selection], Resampled]:
    """Return what computes the mean over images of a number of each."""

    def compute(selection: Selection) -> Resampled:
        values = per_image(selection.answers.correct, selection.mask)
        return selection.over_sweep(orbit_accuracy(values, selection.mask, selection.weights))

    return compute


_of_orbit = partial(Metric, unit="share", better="higher", source="Engstrom et al. 2019")

METRICS: tuple[Metric, ...] = (
    _of_orbit(
        name="worst_orbit_accuracy",
        title="worst-of-orbit accuracy",
        interval="Wilson",
        definition="Share of images classified correctly at every level of the sweep, the suite's grid of levels "
        "being the orbit.",
        compute=_mean_of(worst_of_orbit),
        least_levels=2,
        columns=(Column(70, "right at every level", "worst orbit"),),
    ),
    _of_orbit(
        name="worst_of_ten_accuracy",
        title="worst-of-ten accuracy",
        definition="Share of images expected to be classified correctly at all of ten levels drawn at random "
        "from the suite's grid, none twice, computed without drawing any. Only for sweeps of more than ten "
        "levels; where fewer of them count for an image, all of these.",
        compute=_mean_of(worst_of_drawn),
        least_levels=DRAWN + 1,
    ),
    _of_orbit(
        name="mean_orbit_accuracy",
        title="mean-of-orbit accuracy",
        definition="Mean over images of the share of levels at which the image is classified correctly.",
        compute=_mean_of(mean_of_orbit),
        least_levels=2,
        columns=(Column(80),),
    ),
    _of_orbit(
        name="best_orbit_accuracy",
        title="best-of-orbit accuracy",
        interval="Wilson",
        definition="Share of images classified correctly at one level at least of the suite's grid.",
        compute=_mean_of(best_of_orbit),
        least_levels=2,
        columns=(Column(90),),
    ),
)
