"""How far predictions move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import final

import numpy as np
from torch import Tensor

from runbench.evaluation.features.gauge import Batch, Gauge, Row, Subject, View, by_image, ratio_rows
from runbench.metrics.features.invariance import jensen_shannon_distance, presence_distance
from runbench.suites import Kind

DISTANCES: Mapping[Kind, Callable[[Tensor, Tensor], Tensor]] = {
    "single": jensen_shannon_distance,
    "pairs": presence_distance,
}
"""How far two answers (B, K) lie from each other, by what is to be found."""


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
        distance = DISTANCES[self.suite.kind]
        self.distances[-1].append(distance(view.probabilities, batch.probabilities))

    def rows(self) -> Iterator[Row]:
        """Give the mean distance at each level, of images whose answers are all finite."""
        distances = by_image(self.distances)
        known = np.isfinite(distances).all(axis=1)
        if known.any():
            kept = distances[known]
            yield from ratio_rows("prediction_distance", None, self.suite.levels, kept, np.ones_like(kept))
