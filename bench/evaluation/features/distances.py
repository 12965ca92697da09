"""How far features move, against how far apart those of different images are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self, final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    COMPARED,
    Batch,
    FeatureMetric,
    Row,
    Subject,
    View,
    by_image,
    ratio_rows,
    register_feature_metric,
)
from runbench.evaluation.layers import Features
from runbench.metrics.features.invariance import different_images, feature_distances


@register_feature_metric
@final
class FeatureDistance(FeatureMetric):
    """How far each layer's features of the first images move."""

    order = 20

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, which applies to every model and suite."""
        return cls(subject, COMPARED)

    def __init__(self, subject: Subject, count: int) -> None:
        self.suite = subject.suite
        self.count = count
        self.moved: dict[str, list[list[Tensor]]] = {layer.name: [] for layer in subject.layers}
        self.apart: dict[str, list[Tensor]] = {layer.name: [] for layer in subject.layers}
        self.opening: Features = {}
        self.latest: Features = {}

    def start_batch(self, batch: Batch) -> None:
        """Keep how far each image is from the one before."""
        first = batch.among_first(self.count)
        if first:
            for name, moved in self.moved.items():
                features = batch.features[name][:first]
                if moved:
                    self.apart[name].append(different_images(features, self.latest[name]))
                else:
                    self.opening[name] = features[:1].clone()
                    self.apart[name].append(different_images(features[1:], features[:1]))
                self.latest[name] = features[-1:].clone()
                moved.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep one distance per image and layer."""
        first = batch.among_first(self.count)
        if first:
            for name, moved in self.moved.items():
                moved[-1].append(feature_distances(view.features[name][:first], batch.features[name][:first]))

    def compute(self) -> Iterator[Row]:
        """Give the invariance error of each layer and level; a single image has no other to be compared with."""
        for name, columns in self.moved.items():
            # Before the very first image comes the last
            apart = torch.cat((different_images(self.opening[name], self.latest[name]), *self.apart[name]))
            moved, distances = by_image(columns), by_image([[apart]])
            yield from ratio_rows(
                "feature_distance", name, self.suite.levels, moved, np.broadcast_to(distances, moved.shape)
            )
