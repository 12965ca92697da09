"""How far predictions move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
from torch import Tensor

from runbench.evaluation.features.gauge import Batch, Gauge, Row, Subject, View, by_image, ratio_rows
from runbench.metrics.features.invariance import answer_distances


@final
class PredictionGauge(Gauge):
    """Read the distance of each answer from that to the unchanged image."""

    def __init__(self, subject: Subject) -> None:
        self.suite = subject.suite
        self.distances: list[list[Tensor]] = []

    def meet(self, batch: Batch) -> None:  # noqa: ARG002
        """Begin a new batch."""
        self.distances.append([])

    def read(self, batch: Batch, view: View) -> None:
        """Keep one distance per image."""
        distances = answer_distances(view.probabilities, batch.probabilities, self.suite.task)
        self.distances[-1].append(distances)

    def rows(self) -> Iterator[Row]:
        """Give the mean distance at each level, of images whose answers are all finite."""
        distances = by_image(self.distances)
        known = np.isfinite(distances).all(axis=1)
        if known.any():
            kept = distances[known]
            yield from ratio_rows("prediction_distance", None, self.suite.levels, kept, np.ones_like(kept))
