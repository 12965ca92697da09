"""Whether predictions stay the same along the sweep, right or wrong.

A prediction from non-finite scores (-1) agrees with nothing, itself included.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Bool, Float

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import (
    Curves,
    Flags,
    Levels,
    Numbers,
    Sweep,
    Weights,
    level_shares,
    mean_over_levels,
    ratio,
    weighted_sums,
)


def agreement(predicted: Numbers, identity: int) -> Flags:
    """Return where the prediction is the one at level number `identity`, (n, L); predicted (n, L)."""
    reference = predicted[:, [identity]]
    return np.asarray((predicted == reference) & (reference >= 0))


def right_to_wrong(correct: Flags, identity: int) -> Flags:
    """Return where an answer is wrong that is right at level number `identity`, (n, L); correct (n, L)."""
    return np.asarray(correct[:, [identity]] & ~correct)


def wrong_to_right(correct: Flags, identity: int) -> Flags:
    """Return where an answer is right that is wrong at level number `identity`, (n, L); correct (n, L)."""
    return np.asarray(~correct[:, [identity]] & correct)


def wrong_to_other_wrong(correct: Flags, predicted: Numbers, identity: int) -> Flags:
    """Return where an answer is wrong, here and at level number `identity`, and not the same, (n, L).

    correct and predicted (n, L). With the two other flips and the answers that agree, these are all answers.
    """
    return np.asarray(~correct[:, [identity]] & ~correct & ~agreement(predicted, identity))


def kappa(predicted: Numbers, identity: int, mask: Flags, weights: Weights) -> Curves:
    """Return the agreement beyond chance with the predictions at level number `identity`, (R, L).

    predicted and mask (n, L), weights (R, n). (p_o - p_e) / (1 - p_e), with p_e from the two distributions of
    predicted classes among the masked images; NaN where p_e is 1. Cohen 1960, Educ. Psychol. Meas. 20, eq. 1.
    """
    classes = np.unique(predicted[predicted >= 0])
    totals = weighted_sums(weights, mask)[:, :, np.newaxis]
    chosen = (predicted[:, :, np.newaxis] == classes) & mask[:, :, np.newaxis]
    here = ratio(weighted_sums(weights, chosen), totals)
    # Levels share few masks; the identity's distribution is needed once under each.
    masks, which = _distinct_columns(mask)
    reference = (predicted[:, [identity], np.newaxis] == classes) & masks[:, :, np.newaxis]
    there = ratio(weighted_sums(weights, reference)[:, which], totals)
    chance = np.einsum("rlk,rlk->rl", here, there)
    observed = level_shares(agreement(predicted, identity), mask, weights)
    beyond = np.where(np.isclose(chance, 1.0, rtol=0, atol=1e-12), 0.0, 1.0 - chance)
    return ratio(observed - chance, beyond)


def flip_shares(predicted: Numbers, mask: Flags, weights: Weights) -> Float[np.ndarray, "resamples steps"]:
    """Return the share of images whose prediction changes at each step to the next level, (R, L - 1).

    predicted and mask (n, L), weights (R, n). A step counts for an image if both its ends are masked in. Their
    mean over steps is the flip probability of Hendrycks & Dietterich 2019, section 4.2, along levels.
    """
    before, after = predicted[:, :-1], predicted[:, 1:]
    changed = (before != after) | (before < 0)
    return level_shares(changed, mask[:, :-1] & mask[:, 1:], weights)


def flips_per_unit(flips: Float[np.ndarray, "resamples steps"], levels: Levels) -> Sweep:
    """Return the changes of prediction per image and unit of the axis, (R,).

    flips (R, L - 1) from `flip_shares`, levels (L,) ascending. A step without images adds neither changes nor
    distance.
    """
    defined = np.isfinite(flips)
    return ratio(np.where(defined, flips, 0.0).sum(axis=1), defined @ np.diff(levels))


def _distinct_columns(mask: Flags) -> tuple[Bool[np.ndarray, "images distinct"], list[int]]:
    """Return the distinct columns of mask (n, L), (n, D), and which of them each column is, L numbers."""
    columns = [column.tobytes() for column in mask.T]
    distinct = list(dict.fromkeys(columns))
    return mask[:, [columns.index(column) for column in distinct]], [distinct.index(c) for c in columns]


def _where_correct(selection: Selection) -> Resampled:
    identity, answers = selection.identity, selection.answers
    known = replace(selection, mask=selection.mask & answers.correct[:, [identity]])
    return known.share(agreement(answers.predicted, identity))


def _flips(selection: Selection) -> Float[np.ndarray, "resamples steps"]:
    return flip_shares(selection.answers.predicted, selection.mask, selection.weights)


_against_identity = partial(
    Metric, over="level", unit="share", interval="Wilson", needs_identity=True, averaged=True
)

METRICS: tuple[Metric, ...] = (
    _against_identity(
        name="consistency",
        title="consistency",
        better="higher",
        definition="Share of images whose predicted class at one level is the one predicted at the identity, "
        "right or wrong.",
        source="Zhang 2019",
        compute=lambda selection: selection.share(agreement(selection.answers.predicted, selection.identity)),
        columns=(Column(100, "consistency", "consistency"),),
    ),
    _against_identity(
        name="clean_correct_consistency",
        title="consistency where correct at the identity",
        better="higher",
        definition="Consistency among the images that the model classifies correctly at the identity.",
        source="Zhang 2019",
        compute=_where_correct,
        columns=(Column(110, "consistency where correct"),),
    ),
    Metric(
        name="kappa",
        title="consistency beyond chance (kappa)",
        over="level",
        better="higher",
        definition="Agreement with the prediction at the identity, corrected for the agreement that the two "
        "distributions of predicted classes give by chance: 1 is full agreement, 0 is chance. Undefined for a "
        "model that predicts one class only.",
        source="Cohen 1960",
        compute=lambda selection: selection.at_levels(
            kappa(selection.answers.predicted, selection.identity, selection.mask, selection.weights)
        ),
        needs_identity=True,
        averaged=True,
        columns=(Column(120),),
    ),
    _against_identity(
        name="right_to_wrong",
        title="right to wrong",
        better="lower",
        definition="Share of all images that are classified correctly at the identity and not at one level.",
        compute=lambda selection: selection.share(right_to_wrong(selection.answers.correct, selection.identity)),
    ),
    _against_identity(
        name="wrong_to_right",
        title="wrong to right",
        better="neither",
        definition="Share of all images that are classified correctly at one level and not at the identity.",
        compute=lambda selection: selection.share(wrong_to_right(selection.answers.correct, selection.identity)),
    ),
    _against_identity(
        name="wrong_to_other_wrong",
        title="wrong to other wrong",
        better="neither",
        definition="Share of all images that are wrong at the identity and at one level, with two different "
        "answers or none at all. With consistency and the two other flips it makes 100%.",
        compute=lambda selection: selection.share(
            wrong_to_other_wrong(selection.answers.correct, selection.answers.predicted, selection.identity)
        ),
    ),
    Metric(
        name="flip_probability",
        title="flip probability",
        unit="share",
        better="lower",
        definition="Share of images whose predicted class changes from one level to the next, mean over the "
        "steps between neighbouring levels. The axis is not closed, even where it is periodic.",
        source="Hendrycks & Dietterich 2019",
        compute=lambda selection: selection.over_sweep(mean_over_levels(_flips(selection))),
        least_levels=2,
        columns=(Column(170, "flip probability"),),
    ),
    Metric(
        name="flips_per_unit",
        title="flips per unit of the axis",
        unit="per unit",
        better="lower",
        definition="Number of changes of the predicted class along the sweep, per image and unit of the axis.",
        source="after Hendrycks & Dietterich 2019",
        compute=lambda selection: selection.over_sweep(
            flips_per_unit(_flips(selection), selection.answers.levels)
        ),
        least_levels=2,
    ),
)
