"""Shares of right answers."""

from __future__ import annotations

from functools import partial

import numpy as np

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import Curves, Levels, Sweep, mean_over_levels


def identity_accuracy(selection: Selection) -> Resampled:
    """Return the accuracy at the identity."""
    identity = selection.identity
    return Resampled(selection.accuracy[:, identity], np.asarray(selection.count[identity]))


def area_under_curve(curves: Curves, levels: Levels) -> Sweep:
    """Return the area under each curve (R, L) divided by the levels' range, (R,).

    levels (L,) ascending, at least two. Trapezoids over the real spacing (Hendrycks & Dietterich 2019 space
    levels equally); a level without images leaves it undefined.
    """
    return np.asarray(np.trapezoid(curves, levels, axis=1) / (levels[-1] - levels[0]), dtype=np.float64)


_share = partial(Metric, unit="share", better="higher")

METRICS: tuple[Metric, ...] = (
    _share(
        name="identity_accuracy",
        title="accuracy at the identity",
        interval="Wilson",
        definition="Accuracy at the level where the transform changes nothing.",
        source="interval: Wilson 1927",
        compute=identity_accuracy,
        needs_identity=True,
        columns=(Column(10, "{success} at the identity", "untransformed", interval=True),),
    ),
    _share(
        name="accuracy",
        title="accuracy",
        over="level",
        interval="Wilson",
        definition="Share of images classified correctly at one level. Non-finite scores count as wrong.",
        compute=lambda selection: selection.at_levels(selection.accuracy),
        averaged=True,
        columns=(
            Column(20, "{mean}", "{over}", interval=True),
            Column(30, "mean accuracy, unambiguous", subset="unambiguous"),
        ),
    ),
    Metric(
        name="non_finite_share",
        title="non-finite scores",
        over="level",
        unit="share",
        better="lower",
        interval="Wilson",
        definition="Share of images at one level for which the model gave NaN or infinity. They count as wrong "
        "and agree with no other prediction.",
        compute=lambda selection: selection.share(~selection.answers.finite),
    ),
    _share(
        name="area_under_curve",
        title="area under the accuracy curve",
        definition="Area under accuracy against level by trapezoids over the real spacing of the levels, divided "
        "by the range from the lowest to the highest level.",
        source="after Hendrycks & Dietterich 2019, who space levels equally",
        compute=lambda selection: selection.over_sweep(
            area_under_curve(selection.accuracy, selection.answers.levels)
        ),
        least_levels=2,
        columns=(Column(40, "area under curve"),),
    ),
    _share(
        name="accuracy_in_range",
        title="accuracy in range",
        definition="Mean of the accuracies at the levels that training covered: interpolation.",
        compute=lambda selection: selection.over_sweep(
            mean_over_levels(selection.accuracy[:, selection.answers.in_range])
        ),
        columns=(Column(50),),
    ),
    _share(
        name="accuracy_out_of_range",
        title="accuracy out of range",
        definition="Mean of the accuracies at the levels that training did not cover: extrapolation.",
        compute=lambda selection: selection.over_sweep(
            mean_over_levels(selection.accuracy[:, ~selection.answers.in_range])
        ),
        columns=(Column(60),),
    ),
)
