"""Whether a model that chooses its view takes the change out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    SHOWN,
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import PerImage, Row, as_array, ratio_rows, sweep_row
from runbench.metrics.features.canonicalisation import (
    canonicalisation_errors,
    homogeneous,
    recovered_correlation_angle,
    recovered_correlation_log_scale,
)
from runbench.metrics.features.invariance import feature_distances
from runbench.models.protocols import ChoosesView
from runbench.statistics import Float64Array
from runbench.transforms.base import Geometric, Transform
from runbench.transforms.geometric import Rotation, Scaling

RECOVERED: Mapping[type[Transform], Callable[[Tensor, Tensor, int], Float64Array]] = {
    Rotation: recovered_correlation_angle,
    Scaling: recovered_correlation_log_scale,
}
"""How a recovered change (n, L, 3, 3) is set against the applied levels (L,), by the change."""


@register_feature_metric
@final
class CanonicalisationError(FeatureMetric):
    """How well a model undoes a change, by the transformation that it chooses and by what it sees through it."""

    images = SHOWN
    order = 60

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric, None for a model that chooses no view."""
        classifier = subject.classifier
        return cls(subject, classifier) if isinstance(classifier, ChoosesView) else None

    def __init__(self, subject: Subject, classifier: ChoosesView) -> None:
        super().__init__(subject)
        self.classifier = classifier
        self.theta, self.errors, self.distances = PerImage(), PerImage(), PerImage()
        self.norms: list[Tensor] = []
        self.unchanged: tuple[Tensor, Tensor] = (torch.empty(0), torch.empty(0))

    def start_batch(self, batch: Batch) -> None:
        """Keep what is chosen and seen of the unchanged images."""
        self.unchanged = homogeneous(self.classifier.theta(batch.images)), self.classifier.attend(batch.images)
        self.norms.append(torch.linalg.vector_norm(self.unchanged[1].flatten(1), dim=1))

    def update(self, batch: Batch, view: View) -> None:
        """Keep the chosen matrix, its error and the distance of what is seen, one each per image."""
        theta = homogeneous(self.classifier.theta(view.images))
        self.theta.add(view.index, theta)
        self.distances.add(view.index, feature_distances(self.classifier.attend(view.images), self.unchanged[1]))
        if isinstance(view.transform, Geometric):
            level = view.images.new_tensor([view.transform.level])
            canvas = self.subject.canvas
            change = view.transform.matrix(level, batch.parameters, canvas).expand(len(batch), 3, 3)
            size = (canvas.height, canvas.width)
            self.errors.add(view.index, canonicalisation_errors(theta, self.unchanged[0], change, size))

    def compute(self) -> Iterator[Row]:
        """Yield both errors by level, and how the recovered change follows the applied one."""
        suite = self.suite
        distances = self.distances.table()
        norms = np.broadcast_to(as_array(torch.cat(self.norms))[:, None], distances.shape)
        yield from ratio_rows("canonicalisation_image_error", None, suite.levels, distances, norms)
        if self.errors:
            errors = self.errors.table()
            yield from ratio_rows("canonicalisation_error", None, suite.levels, errors, np.ones_like(errors))
        follow = RECOVERED.get(type(suite.at(suite.levels[0])))
        if follow is not None and suite.identity in suite.levels:
            theta = self.theta.stacked().cpu()
            levels = torch.tensor(suite.levels, dtype=torch.float64)
            resamples = follow(theta, levels, suite.levels.index(suite.identity))
            yield from sweep_row("recovered_correlation", None, resamples, len(theta))
