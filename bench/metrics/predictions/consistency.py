"""Whether predictions stay the same along the sweep, right or wrong.

A prediction from non-finite scores (-1) agrees with nothing, itself included.
"""

from __future__ import annotations

import numpy as np

from runbench.metrics.predictions.weighted import (
    BoolArray,
    Float32Array,
    Float64Array,
    IntArray,
    level_shares,
    ratio,
    weighted_sums,
)


def agreement(predicted: IntArray, identity: int) -> BoolArray:
    """Return where the prediction is the one at level number `identity`, (n, L); predicted (n, L)."""
    reference = predicted[:, [identity]]
    return np.asarray((predicted == reference) & (reference >= 0))


def flips_split(correct: BoolArray, predicted: IntArray, identity: int) -> dict[str, BoolArray]:
    """Return which answers differ from the one at level number `identity`, parted by what they cost, each (n, L).

    correct and predicted (n, L). With those that agree, they are all answers.
    """
    before, flipped = correct[:, [identity]], ~agreement(predicted, identity)
    return {
        "right_to_wrong": before & ~correct,
        "wrong_to_right": ~before & correct,
        "wrong_to_other_wrong": ~before & ~correct & flipped,
    }


def kappa(predicted: IntArray, identity: int, mask: BoolArray, weights: Float32Array) -> Float64Array:
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


def flip_shares(predicted: IntArray, mask: BoolArray, weights: Float32Array) -> Float64Array:
    """Return the share of images whose prediction changes at each step to the next level, (R, L - 1).

    predicted and mask (n, L), weights (R, n). A step counts for an image if both its ends are masked in. Their
    mean over steps is the flip probability of Hendrycks & Dietterich 2019, section 4.2, along levels.
    """
    before, after = predicted[:, :-1], predicted[:, 1:]
    changed = (before != after) | (before < 0)
    return level_shares(changed, mask[:, :-1] & mask[:, 1:], weights)


def flips_per_unit(flips: Float64Array, levels: Float64Array) -> Float64Array:
    """Return the changes of prediction per image and unit of the axis, (R,).

    flips (R, L - 1) from `flip_shares`, levels (L,) ascending. A step without images adds neither changes nor
    distance.
    """
    defined = np.isfinite(flips)
    return ratio(np.where(defined, flips, 0.0).sum(axis=1), defined @ np.diff(levels))


def _distinct_columns(mask: BoolArray) -> tuple[BoolArray, list[int]]:
    """Return the distinct columns of mask (n, L), (n, D), and which of them each column is, L numbers."""
    columns = [column.tobytes() for column in mask.T]
    distinct = list(dict.fromkeys(columns))
    return mask[:, [columns.index(column) for column in distinct]], [distinct.index(c) for c in columns]
