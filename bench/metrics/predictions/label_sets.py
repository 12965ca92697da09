"""Several labels in one image: which of them are found, and how far the objects really cover each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from jaxtyping import Float

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.calibration import at_each_level, over_all_levels, presence_gaps
from runbench.metrics.predictions.selection import Selection
from runbench.metrics.predictions.weighted import Curves, Flags, Gaps, Levels, Values, Weights, weighted_means
from runbench.tasks import LABEL_SET

ATTAINED_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Edges of the bins that part the images of a set without an axis: closed below, the last one above too."""

ATTAINED_BINS = {f"attained {low:g} to {high:g}": (low, high) for low, high in pairwise(ATTAINED_EDGES)}
"""The bins by the name of their subset."""

Two = Float[np.ndarray, "rows 2"]
Shares = Float[np.ndarray, "rows"]


def label_recall(labels: Two, predicted: Two) -> Shares:
    """Return the share of each row's labels found among its predicted classes, (rows,).

    labels and predicted (rows, 2), NaN where there is no second one. The order within a row does not matter.
    """
    # NaN equals nothing, so what is absent is never found.
    found = (labels[:, :, np.newaxis] == predicted[:, np.newaxis, :]).any(axis=2)
    return np.asarray(found.sum(axis=1) / np.isfinite(labels).sum(axis=1), dtype=np.float64)


def attained_means(attained: Values, levels: Levels, mask: Flags, weights: Weights) -> Curves:
    """Return the mean of what the images attain of each level, (R, L); NaN where all meet it exactly.

    attained (n, L), NaN where the level is met exactly, levels (L,), mask (n, L), weights (R, n).
    """
    missed = np.isfinite(attained)
    means = weighted_means(np.where(missed, attained, levels), mask, weights)
    return np.where((missed & mask).any(axis=0), means, np.nan)


def attained_masks(attained: Values) -> dict[str, Flags]:
    """Return which images lie in each of ATTAINED_BINS, by its name, (n, L); attained (n, L), NaN lies in none."""
    places = np.searchsorted(ATTAINED_EDGES[1:-1], attained, side="right")
    inside = (attained >= ATTAINED_EDGES[0]) & (attained <= ATTAINED_EDGES[-1])
    return {name: inside & (places == place) for place, name in enumerate(ATTAINED_BINS)}


def _presence_gaps(selection: Selection) -> Gaps:
    return presence_gaps(selection.answers.probabilities, selection.answers.present, selection.mask)


METRICS: tuple[Metric, ...] = (
    Metric(
        name="digit_recall",
        title="recall per digit",
        over="level",
        unit="share",
        better="higher",
        definition="Share of the two labels of an image that are among the two classes predicted, mean over "
        "images at one level. Non-finite scores find none.",
        compute=lambda selection: selection.mean(selection.answers.recall),
        on_request=True,
        averaged=True,
        columns=(Column(130, "recall per digit", "per digit"),),
    ),
    Metric(
        name="presence_calibration_error",
        title="calibration error of presence",
        over="level",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Distance between the probability that a class is in the image and how often it is, over all "
        "images and classes at one level, in 15 bins of equal width weighted by how many answers lie in each. "
        "Non-finite scores count as equal probabilities for all classes.",
        source="after Guo et al. 2017",
        compute=lambda selection: at_each_level(selection, _presence_gaps(selection)),
        tasks=(LABEL_SET,),
    ),
    Metric(
        name="attained_level",
        title="level attained",
        over="level",
        unit="axis",
        better="neither",
        definition="Mean of what the images really attain of one level, where whole pixels or tiles cannot meet "
        "it; for two objects, the share of the smaller bounding box that is covered.",
        compute=lambda selection: selection.at_levels(
            attained_means(selection.answers.attained, selection.answers.levels, selection.mask, selection.weights)
        ),
        on_request=True,
    ),
    Metric(
        name="pooled_presence_calibration_error",
        title="calibration error of presence over the sweep",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Calibration error of presence of the answers at all levels taken together.",
        source="after Guo et al. 2017",
        compute=lambda selection: over_all_levels(selection, _presence_gaps(selection)),
        tasks=(LABEL_SET,),
    ),
)
