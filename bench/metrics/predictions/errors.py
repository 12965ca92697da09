"""Shares of wrong answers, also over those of the reference model on the same images."""

from __future__ import annotations

import numpy as np

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.weighted import Sweep, mean_over_levels
from runbench.statistics import percentile_interval

NEAR_ZERO = 0.005
"""An error of the reference that is not surely above this, as a mean over levels, divides nothing."""


def over_reference(own: Sweep, reference: Sweep) -> Sweep | None:
    """Divide errors by the reference's, (R,) each with the value first; None where these are not surely above 0.

    They are where their interval lies above NEAR_ZERO. The few resamples that bring them near 0 are held there, so
    that ratios stay finite.
    """
    low, _ = percentile_interval(reference[1:])
    return np.asarray(own / np.maximum(reference, NEAR_ZERO)) if low > NEAR_ZERO else None


METRICS: tuple[Metric, ...] = (
    Metric(
        name="mean_error",
        title="mean error",
        unit="share",
        better="lower",
        definition="Mean over all levels of the share of images that are not classified correctly, each level "
        "counted once.",
        compute=lambda selection: selection.over_sweep(mean_over_levels(1 - selection.accuracy)),
    ),
    Metric(
        name="relative_error",
        title="error relative to the baseline",
        better="lower",
        definition="Sum of the errors at all levels, over the same sum of the model named baseline on the same "
        "images with the same training seed: 1 for as many errors. Absent where the baseline's mean error is not "
        "surely above 0.5 points.",
        source="Hendrycks & Dietterich 2019: mCE",
        columns=(Column(160, "error over the baseline's"),),
    ),
    Metric(
        name="relative_excess_error",
        title="excess error relative to the baseline",
        better="lower",
        definition="As the relative error, of the errors minus the one at the identity: what the change adds. "
        "Negative for a model that errs less on changed images; absent where what it adds to the baseline's mean "
        "error is not surely above 0.5 points.",
        source="Hendrycks & Dietterich 2019: relative mCE",
    ),
)
