"""How far features move, against how far apart those of different images are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
from torch import Tensor

from bench.measures.invariance import different_images, feature_distances
from bench.responses.gauge import Batch, Gauge, Row, Subject, View, by_image, ratio_rows


@final
class DistanceGauge(Gauge):
    """Read how far each layer's features of the first images move."""

    def __init__(self, subject: Subject, count: int) -> None:
        self.suite = subject.suite
        self.count = count
        self.moved: dict[str, list[list[Tensor]]] = {layer.name: [] for layer in subject.layers}
        self.apart: dict[str, list[list[Tensor]]] = {layer.name: [] for layer in subject.layers}

    def meet(self, batch: Batch) -> None:
        """Read how far different images are apart; a single image is apart from none."""
        first = batch.among_first(self.count)
        if first > 1:
            for name, apart in self.apart.items():
                apart.append([different_images(batch.features[name][:first])])
                self.moved[name].append([])

    def read(self, batch: Batch, view: View) -> None:
        """Keep one distance per image and layer."""
        first = batch.among_first(self.count)
        if first > 1:
            for name, moved in self.moved.items():
                moved[-1].append(feature_distances(view.features[name][:first], batch.features[name][:first]))

    def rows(self) -> Iterator[Row]:
        """Give the invariance error of each layer and level."""
        for name, columns in self.moved.items():
            if columns:
                moved = by_image(columns)
                apart = np.broadcast_to(by_image(self.apart[name]), moved.shape)
                yield from ratio_rows("feature_distance", name, self.suite.levels, moved, apart)
