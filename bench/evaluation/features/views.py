"""Whether a model that chooses its view takes the change out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Self, final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    SHOWN,
    Batch,
    FeatureMetric,
    Row,
    Subject,
    View,
    by_image,
    ratio_rows,
    register_feature_metric,
    sweep_row,
)
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
class Canonicalisation(FeatureMetric):
    """Whether the transformation that a model chooses takes the change out again, on the first images."""

    order = 60

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, None for a model that chooses no view."""
        classifier = subject.classifier
        return cls(subject, classifier, SHOWN) if isinstance(classifier, ChoosesView) else None

    def __init__(self, subject: Subject, classifier: ChoosesView, count: int) -> None:
        self.subject, self.classifier, self.count = subject, classifier, count
        self.theta: list[list[Tensor]] = []
        self.errors: list[list[Tensor]] = []
        self.distances: list[list[Tensor]] = []
        self.norms: list[Tensor] = []
        self.unchanged: tuple[Tensor, Tensor] = (torch.empty(0), torch.empty(0))

    def start_batch(self, batch: Batch) -> None:
        """Keep the view of the unchanged images."""
        first = batch.among_first(self.count)
        if first:
            images = batch.images[:first]
            self.unchanged = homogeneous(self.classifier.theta(images)), self.classifier.attend(images)
            self.norms.append(torch.linalg.vector_norm(self.unchanged[1].flatten(1), dim=1))
            for kept in (self.theta, self.errors, self.distances):
                kept.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep the chosen matrix, its error and the distance of what is seen, one each per image."""
        first = batch.among_first(self.count)
        if not first:
            return
        images = view.images[:first]
        theta = homogeneous(self.classifier.theta(images))
        self.theta[-1].append(theta)
        self.distances[-1].append(feature_distances(self.classifier.attend(images), self.unchanged[1]))
        if isinstance(view.transform, Geometric):
            canvas = self.subject.canvas
            level = images.new_tensor([view.transform.level])
            change = view.transform.matrix(level, batch.parameters[:first], canvas).expand(first, 3, 3)
            size = (canvas.height, canvas.width)
            self.errors[-1].append(canonicalisation_errors(theta, self.unchanged[0], change, size))

    def compute(self) -> Iterator[Row]:
        """Give both canonicalisation errors by level, and how the recovered change follows the applied one."""
        suite = self.subject.suite
        distances = by_image(self.distances)
        norms = np.broadcast_to(torch.cat(self.norms).double().cpu().numpy()[:, None], distances.shape)
        yield from ratio_rows("canonicalisation_image_error", None, suite.levels, distances, norms)
        if self.errors[0]:
            errors = by_image(self.errors)
            yield from ratio_rows("canonicalisation_error", None, suite.levels, errors, np.ones_like(errors))
        follow = RECOVERED.get(type(suite.at(suite.levels[0])))
        if follow is not None and suite.identity in suite.levels:
            theta = torch.cat([torch.stack(levels, dim=1) for levels in self.theta]).cpu()
            levels = torch.tensor(suite.levels, dtype=torch.float64)
            resamples = follow(theta, levels, suite.levels.index(suite.identity))
            yield from sweep_row("recovered_correlation", None, resamples, len(theta))
