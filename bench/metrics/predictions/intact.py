"""Whether confidence tells an intact image from the same image changed."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.weighted import Curves, Flags, PerImage, Values, Weights, ratio, weighted_sums

Chosen = Bool[np.ndarray, "images"]
ByImage = Float[np.ndarray, "images resamples"]
Kept = Float[np.ndarray, "masked"]
KeptWeights = Float[np.ndarray, "masked resamples"]


def intact_auroc(confidence: Values, identity: int, mask: Flags, weights: Weights) -> Curves:
    """Return how well confidence tells the images at level number `identity` from those at each level, (R, L).

    confidence and mask (n, L), weights (R, n). The chance that an intact image has more confidence than a changed
    one, both drawn from the masked images by their weights; ties count half. This is the area under the receiver
    operating characteristic (Hanley & McNeil 1982, Radiology 143, p. 29). NaN at the identity, and where a level
    or the identity has no images.
    """
    by_image = np.ascontiguousarray(weights.T)
    intact, own_weights = _ascending(confidence[:, identity], mask[:, identity], by_image)
    wins = np.full((len(weights), confidence.shape[1]), np.nan)
    for level in np.delete(np.arange(confidence.shape[1]), identity):
        changed, other_weights = _ascending(confidence[:, level], mask[:, level], by_image)
        # Sums of whole weights are exact in float32 below 2**24, sums of their products are not.
        below = np.zeros((len(changed) + 1, len(weights)), dtype=np.float32)
        np.cumsum(other_weights, axis=0, out=below[1:])
        beaten = below[np.searchsorted(changed, intact, side="left")]
        beaten += below[np.searchsorted(changed, intact, side="right")]
        wins[:, level] = np.einsum("nr,nr->r", own_weights, beaten, dtype=np.float64) / 2
    totals = weighted_sums(weights, mask).astype(np.float64)
    return ratio(wins, totals * totals[:, [identity]])


def _ascending(confidence: PerImage, mask: Chosen, by_image: ByImage) -> tuple[Kept, KeptWeights]:
    """Return one level's masked confidences in ascending order, and their weights (images, R) with them."""
    kept = np.flatnonzero(mask)
    order = kept[np.argsort(confidence[kept])]
    return confidence[order], by_image[order]


METRICS: tuple[Metric, ...] = (
    Metric(
        name="intact_auroc",
        title="AUROC of confidence, intact against changed",
        over="level",
        better="higher",
        definition="Chance that an intact image, one at the identity, has more confidence than one changed to "
        "this level, ties counting half: 1 where confidence tells them apart, 0.5 where it cannot. A model that "
        "relies on the presence of parts more than on their arrangement scores near 0.5.",
        source="Hanley & McNeil 1982",
        compute=lambda selection: selection.at_levels(
            intact_auroc(selection.answers.confidence, selection.identity, selection.mask, selection.weights)
        ),
        needs_identity=True,
        on_request=True,
        averaged=True,
        columns=(Column(140, "intact or not: AUROC", "AUROC"),),
    ),
)
