"""How far the transform may go before a model has lost half of its accuracy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.selection import Resampled, Selection
from runbench.metrics.predictions.weighted import Curves, Float64Array, IntArray, Levels, Sweep

AtLevels = Bool[np.ndarray, "levels"]
Distances = Float[np.ndarray, "distances"]
CurvesAside = Float[np.ndarray, "resamples distances"]
"""What lies on one side of the identity."""


def half_level(accuracy: Curves, levels: Levels, identity: int, period: float | None = None) -> Sweep:
    """Return the distance along the axis at which accuracy is half of that at the identity, (R,).

    accuracy (R, L), the value in row 0 and resamples after it, levels (L,) ascending, `identity` the identity's
    number. The first such point going away from the identity, on a straight line between two levels; where levels
    lie on both sides, the nearer of the two points. On an axis that closes after `period`, each side ends half a
    period away.

    NaN for a value that never falls so far, and for all where nothing is right at the identity. Resamples that
    never do have the distance of the furthest level, the least that they can have: left out, they would leave
    only the early ones.
    """
    reached, start = np.isfinite(accuracy[0]), accuracy[:, identity]
    nearest = np.full(len(accuracy), np.inf)
    furthest = 0.0
    for distances, order in _sides(levels, identity, reached, period):
        nearest = np.minimum(nearest, _first_half(accuracy[:, order], distances))
        furthest = max(furthest, float(distances[-1]))
    fallen = np.isfinite(nearest)
    unknown = np.full(len(accuracy), furthest)
    unknown[0] = np.nan
    return np.where(start > 0, np.where(fallen, nearest, unknown), np.nan)


def _sides(
    levels: Levels, identity: int, reached: AtLevels, period: float | None
) -> Iterator[tuple[Float64Array, IntArray]]:
    """Go through the sides of the identity: distances from 0 on, and the numbers of the levels at them."""
    for direction in (1, -1):
        distances = direction * (levels - levels[identity])
        end = np.inf
        if period is not None:
            distances, end = distances % period, period / 2
        (beside,) = np.nonzero(reached & (distances > 0) & (distances <= end + 1e-9))
        if beside.size:
            order = np.array([identity, *beside[np.argsort(distances[beside])]])
            yield np.concatenate([[0.0], distances[order[1:]]]), order


def _first_half(curves: CurvesAside, distances: Distances) -> Sweep:
    """Return where each of the curves (R, D) first falls to half of what it begins with, infinity if nowhere.

    distances (D,) ascending.
    """
    half = curves[:, 0] / 2
    fallen = curves[:, 1:] <= half[:, np.newaxis]
    rows, after = np.arange(len(curves)), fallen.argmax(axis=1) + 1
    above, below = curves[rows, after - 1], curves[rows, after]
    drop = above - below
    part = np.divide(above - half, drop, out=np.zeros(len(curves)), where=drop > 0)
    crossing = distances[after - 1] + part * (distances[after] - distances[after - 1])
    return np.where(fallen.any(axis=1), crossing, np.inf)


def _half_level(selection: Selection) -> Resampled | None:
    if not selection.axis:
        return None
    levels = selection.answers.levels
    return selection.over_sweep(half_level(selection.accuracy, levels, selection.identity, selection.period))


METRICS: tuple[Metric, ...] = (
    Metric(
        name="half_level",
        title="half-level",
        unit="axis",
        better="higher",
        definition="Distance from the identity along the axis at which accuracy has fallen to half of that at "
        "the identity: the first such point, on a straight line between two levels, and where levels lie on both "
        "sides the nearer of the two. Absent where accuracy never falls so far; a resample that never does "
        "counts as the furthest level.",
        compute=_half_level,
        least_levels=2,
        needs_identity=True,
        columns=(Column(150, "half-level ({unit})"),),
    ),
)
