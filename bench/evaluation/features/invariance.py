"""How far predictions and features move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    MOVED,
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import PerImage, Row, as_array, ratio_rows
from runbench.evaluation.layers import Features
from runbench.metrics.features.invariance import answer_distances, different_images, feature_distances


@register_feature_metric
@final
class PredictionDistance(FeatureMetric):
    """The distance of each answer from that to the unchanged image."""

    order = 10

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.distances = PerImage()

    def update(self, batch: Batch, view: View) -> None:
        """Keep one distance per image."""
        self.distances.add(view.index, answer_distances(view.probabilities, batch.probabilities, self.suite.task))

    def compute(self) -> Iterator[Row]:
        """Yield the mean distance at each level, of images whose answers are all finite."""
        distances = self.distances.table()
        known = np.isfinite(distances).all(axis=1)
        if known.any():
            kept = distances[known]
            yield from ratio_rows("prediction_distance", None, self.suite.levels, kept, np.ones_like(kept))


@register_feature_metric
@final
class InvarianceError(FeatureMetric):
    """How far each layer's features move, against how far apart those of different images are."""

    images = MOVED
    order = 20

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.moved = {layer.name: PerImage() for layer in subject.layers}
        self.apart: dict[str, list[Tensor]] = {layer.name: [] for layer in subject.layers}
        self.opening: Features = {}
        self.latest: Features = {}

    def start_batch(self, batch: Batch) -> None:
        """Keep how far each image is from the one before."""
        for name, apart in self.apart.items():
            features = batch.features[name]
            if apart:
                apart.append(different_images(features, self.latest[name]))
            else:
                self.opening[name] = features[:1].clone()
                apart.append(different_images(features[1:], features[:1]))
            self.latest[name] = features[-1:].clone()

    def update(self, batch: Batch, view: View) -> None:
        """Keep one distance per image and layer."""
        for name, moved in self.moved.items():
            moved.add(view.index, feature_distances(view.features[name], batch.features[name]))

    def compute(self) -> Iterator[Row]:
        """Yield the error of each layer and level; a single image has no other to be compared with."""
        for name, values in self.moved.items():
            # Before the very first image comes the last
            apart = torch.cat((different_images(self.opening[name], self.latest[name]), *self.apart[name]))
            moved = values.table()
            distances = np.broadcast_to(as_array(apart)[:, None], moved.shape)
            yield from ratio_rows("feature_distance", name, self.suite.levels, moved, distances)
