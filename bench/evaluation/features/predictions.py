"""How far predictions move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self, final

import numpy as np
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    Batch,
    FeatureMetric,
    Row,
    Subject,
    View,
    by_image,
    ratio_rows,
    register_feature_metric,
)
from runbench.metrics.features.invariance import answer_distances


@register_feature_metric
@final
class PredictionDistance(FeatureMetric):
    """The distance of each prediction from that for the unchanged image."""

    order = 10

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, which applies to every model and suite."""
        return cls(subject)

    def __init__(self, subject: Subject) -> None:
        self.suite = subject.suite
        self.distances: list[list[Tensor]] = []

    def start_batch(self, batch: Batch) -> None:  # noqa: ARG002
        """Begin a new batch."""
        self.distances.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep one distance per image."""
        distances = answer_distances(view.probabilities, batch.probabilities, self.suite.task)
        self.distances[-1].append(distances)

    def compute(self) -> Iterator[Row]:
        """Give the mean distance at each level, of images whose answers are all finite."""
        distances = by_image(self.distances)
        known = np.isfinite(distances).all(axis=1)
        if known.any():
            kept = distances[known]
            yield from ratio_rows("prediction_distance", None, self.suite.levels, kept, np.ones_like(kept))
