"""How well objects are reconstructed from class capsules, and which pixels of the input reconstructions ignore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from torch import Tensor

from runbench.environment import generator
from runbench.evaluation.features.feature_metric import (
    SHOWN,
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import PerImage, Row, ratio_rows
from runbench.metrics.features.reconstruction import ignored_share, influence, squared_errors
from runbench.models.protocols import Reconstructs
from runbench.transforms.overlap import Composite

PROBED, PROBES = 16, 2
"""Over how many images, and how many random directions of each reconstruction, derivatives are averaged."""


class DecoderMetric(FeatureMetric):
    """A metric of what a model reconstructs from its class capsules."""

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric, None for a model without a decoder."""
        classifier = subject.classifier
        if isinstance(classifier, Reconstructs) and classifier.decoder is not None:
            return cls(subject, classifier)
        return None

    def __init__(self, subject: Subject, classifier: Reconstructs) -> None:
        super().__init__(subject)
        self.classifier = classifier


@register_feature_metric
@final
class ReconstructionError(DecoderMetric):
    """How well each object of an image is reconstructed from its own class's capsule."""

    images = SHOWN
    order = 80

    def __init__(self, subject: Subject, classifier: Reconstructs) -> None:
        super().__init__(subject, classifier)
        self.errors = PerImage()

    def update(self, batch: Batch, view: View) -> None:
        """Keep the mean over an image's objects of the mean squared error, one number per image."""
        reconstructed = self.classifier.reconstruct_each(self.classifier.capsules(view.images))
        rows = torch.arange(len(batch), device=reconstructed.device)
        objects = _each_object(batch, view) if self.suite.task.sought > 1 else (view.images,)
        # The scenes' own order of objects, not that of the sorted labels
        labels = batch.labels.to(reconstructed.device)
        errors = [squared_errors(one, reconstructed[rows, labels[:, place]]) for place, one in enumerate(objects)]
        self.errors.add(view.index, torch.stack(errors).mean(dim=0))

    def compute(self) -> Iterator[Row]:
        """Yield the error at each level."""
        errors = self.errors.table()
        yield from ratio_rows("reconstruction_error", None, self.suite.levels, errors, np.ones_like(errors))


@register_feature_metric
@final
class ReconstructionIgnored(DecoderMetric):
    """The share of pixels that the reconstruction of the first label's object does not depend on."""

    order = 100

    def compute(self) -> Iterator[Row]:
        """Yield the share at the identity and at the last level."""
        for level in dict.fromkeys((self.suite.identity, self.suite.levels[-1])):
            yield {
                "metric": "reconstruction_ignored",
                "layer": None,
                "level": level,
                "value": self._share(level),
                "count": min(PROBED, self.subject.count),
            }

    # Derivatives need tensors that are made outside inference mode
    @torch.inference_mode(mode=False)
    def _share(self, level: float) -> float:
        subject, classifier = self.subject, self.classifier
        positions = torch.arange(min(PROBED, subject.count))
        objects = subject.images.objects(positions, subject.device)
        images = subject.suite.at(level)(objects, subject.images.parameters[positions].to(subject.device))
        labels = subject.images.scenes.labels(positions)[:, 0].to(subject.device)
        rows = torch.arange(len(positions), device=subject.device)

        def reconstruct(given: Tensor) -> Tensor:
            return classifier.reconstruct_each(classifier.capsules(given))[rows, labels]

        return ignored_share(influence(reconstruct, images, PROBES, generator("influence", subject.suite.name)))


def _each_object(batch: Batch, view: View) -> tuple[Tensor, ...]:
    """Return each object where it lies in the image; of a change that does not lay two objects, none."""
    if not isinstance(view.transform, Composite):
        return ()
    levels = view.images.new_tensor([view.transform.level])
    laid = view.transform.lay(batch.objects, levels, batch.parameters)
    return tuple(laid.split(1, dim=1))
