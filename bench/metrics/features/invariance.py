"""How far answers and features move when the image is changed."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from runbench.tasks import Task

Distributions = Float[Tensor, "*batch classes"]
Answers = Float[Tensor, "batch classes"]
Features = Float[Tensor, "batch *units"]
PerImage = Float[Tensor, "batch"]
OneImage = Float[Tensor, "1 *units"]


def jensen_shannon_distance(first: Distributions, second: Distributions) -> Float[Tensor, "*batch"]:
    """Return the distance (...,) of distributions (..., K) from others, in [0, 1].

    The root of the Jensen-Shannon divergence with logarithms to base 2, which is a metric (Endres & Schindelin
    2003, IEEE Trans. Inf. Theory 49). NaN where a probability is.
    """
    # To the first order in their difference the halves cancel: in float32 nothing would be left of small distances
    p, q = first.double(), second.double()
    middle = (p + q) / 2
    halves = (torch.special.xlogy(one, one / middle).nansum(dim=-1) for one in (p, q))
    divergence = sum(halves, torch.zeros(first.shape[:-1], dtype=torch.float64, device=first.device)) / 2
    broken = ~(first.isfinite() & second.isfinite()).all(dim=-1)
    distance: Tensor = (divergence / torch.log(divergence.new_tensor(2.0))).clamp(0, 1).sqrt()
    return distance.masked_fill(broken, torch.nan)


def answer_distances(first: Answers, second: Answers, task: Task) -> PerImage:
    """Return the distance (B,) of answers (B, K) from others: the mean over the questions that the task asks."""
    both = (torch.stack(task.outcomes(answers), dim=-1) for answers in (first, second))
    return jensen_shannon_distance(*both).mean(dim=-1)


def feature_distances(features: Features, reference: Features) -> PerImage:
    """Return the Euclidean distance (B,) of features (B, ...) from others."""
    distance: Tensor = torch.linalg.vector_norm((features - reference).flatten(1), dim=1)
    return distance


def different_images(features: Features, before: OneImage) -> PerImage:
    """Return the distance (B,) of each image's features (B, ...) from those of the image before it.

    `before` (1, ...) is what comes before the first, so that batches of any size give the same.
    """
    return feature_distances(features, torch.cat((before, features))[:-1])
