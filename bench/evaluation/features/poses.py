"""How class capsules move with the change, and what is drawn from them."""

from __future__ import annotations

from collections.abc import Iterator
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
)
from runbench.metrics.features.poses import linearity
from runbench.metrics.features.reconstruction import squared_errors
from runbench.models.protocols import HoldsCapsules, Reconstructs
from runbench.transforms.overlap import Composite


@register_feature_metric
@final
class PoseLinearity(FeatureMetric):
    """How linearly each dimension of the true class's capsule moves with the change.

    Of single objects: where two make an image, neither has the pose of the sweep.
    """

    order = 70

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, None for a model without capsules and for images of two objects."""
        classifier = subject.classifier
        if subject.suite.task.sought > 1 or not isinstance(classifier, HoldsCapsules):
            return None
        return cls(subject, classifier, SHOWN)

    def __init__(self, subject: Subject, classifier: HoldsCapsules, count: int) -> None:
        self.subject, self.classifier, self.count = subject, classifier, count
        self.capsules: list[list[Tensor]] = []
        self.poses: list[list[Tensor]] = []

    def start_batch(self, batch: Batch) -> None:
        """Begin a new batch."""
        if batch.among_first(self.count):
            self.capsules.append([])
            self.poses.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep the true class's capsule and the change's parameters of each image."""
        first = batch.among_first(self.count)
        if first:
            capsules = self.classifier.capsules(view.images[:first])
            labels = batch.labels[:first, 0].to(capsules.device)
            self.capsules[-1].append(capsules[torch.arange(first, device=capsules.device), labels])
            self.poses[-1].append(view.transform.pose(batch.parameters[:first]))

    def compute(self) -> Iterator[Row]:
        """Give a row per dimension of the capsule, beside what noise would reach."""
        capsules, poses = (
            torch.cat([torch.stack(levels, dim=1) for levels in kept]) for kept in (self.capsules, self.poses)
        )
        shares, chance = linearity(capsules, poses)
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


@register_feature_metric
@final
class ReconstructionError(FeatureMetric):
    """How well each object of an image is reconstructed from its own class's capsule."""

    order = 80

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, None for a model without a decoder."""
        classifier = subject.classifier
        if not isinstance(classifier, Reconstructs) or classifier.decoder is None:
            return None
        return cls(subject, classifier, SHOWN)

    def __init__(self, subject: Subject, classifier: Reconstructs, count: int) -> None:
        self.subject, self.classifier, self.count = subject, classifier, count
        self.errors: list[list[Tensor]] = []

    def start_batch(self, batch: Batch) -> None:
        """Begin a new batch."""
        if batch.among_first(self.count):
            self.errors.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep the mean over an image's objects of the mean squared error, one number per image."""
        first = batch.among_first(self.count)
        if not first:
            return
        images = view.images[:first]
        drawn = self.classifier.reconstruct_each(self.classifier.capsules(images))
        rows = torch.arange(first, device=drawn.device)
        objects = _each_object(batch, view, first) if self.subject.suite.task.sought > 1 else (images,)
        # The scenes' own order of objects, not that of the sorted labels
        labels = self.subject.images.scenes.labels(batch.positions[:first]).to(drawn.device)
        errors = [squared_errors(one, drawn[rows, labels[:, place]]) for place, one in enumerate(objects)]
        self.errors[-1].append(torch.stack(errors).mean(dim=0))

    def compute(self) -> Iterator[Row]:
        """Give the error at each level."""
        errors = by_image(self.errors)
        yield from ratio_rows(
            "reconstruction_error", None, self.subject.suite.levels, errors, np.ones_like(errors)
        )


def _each_object(batch: Batch, view: View, first: int) -> tuple[Tensor, ...]:
    """Return each object where it lies in the image; of a change that does not lay two objects, none."""
    if not isinstance(view.transform, Composite):
        return ()
    levels = view.images.new_tensor([view.transform.level])
    laid = view.transform.lay(batch.objects[:first], levels, batch.parameters[:first])
    return tuple(laid.split(1, dim=1))
