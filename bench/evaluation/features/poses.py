"""How class capsules move with the change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch

from runbench.evaluation.features.feature_metric import (
    SHOWN,
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import PerImage, Row
from runbench.metrics.features.poses import linearity
from runbench.models.protocols import HoldsCapsules


@register_feature_metric
@final
class PoseLinearity(FeatureMetric):
    """How linearly the true class's capsule moves with the change, each dimension for itself."""

    images = SHOWN
    order = 70

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric, None without capsules and for two objects, neither of which has the pose."""
        classifier, single = subject.classifier, subject.suite.task.sought == 1
        return cls(subject, classifier) if isinstance(classifier, HoldsCapsules) and single else None

    def __init__(self, subject: Subject, classifier: HoldsCapsules) -> None:
        super().__init__(subject)
        self.classifier = classifier
        self.capsules, self.poses = PerImage(), PerImage()

    def update(self, batch: Batch, view: View) -> None:
        """Keep the true class's capsule and the change's parameters of each image."""
        capsules = self.classifier.capsules(view.images)
        labels = batch.labels[:, 0].to(capsules.device)
        self.capsules.add(view.index, capsules[torch.arange(len(batch), device=capsules.device), labels])
        self.poses.add(view.index, view.transform.pose(batch.parameters))

    def compute(self) -> Iterator[Row]:
        """Yield a row per dimension of the capsule, beside what noise would reach."""
        capsules = self.capsules.stacked()
        shares, chance = linearity(capsules, self.poses.stacked())
        for dimension, share in enumerate(shares.tolist()):
            if np.isfinite(share):
                yield {
                    "metric": "pose_linearity",
                    "layer": None,
                    "dimension": dimension,
                    "value": share,
                    "floor": chance,
                    "count": len(capsules),
                }
