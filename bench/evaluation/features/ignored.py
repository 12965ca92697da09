"""Which pixels of the input the reconstruction does not depend on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self, final

import torch

from runbench.environment import generator
from runbench.evaluation.features.feature_metric import FeatureMetric, Row, Subject, register_feature_metric
from runbench.metrics.features.reconstruction import ignored_share, influence
from runbench.models.protocols import Reconstructs

IMAGES, PROBES = 16, 2
"""Over how many images, and how many random directions of each reconstruction, derivatives are averaged."""


@register_feature_metric
@final
class IgnoredPixels(FeatureMetric):
    """The share of pixels that the first label's reconstruction ignores, at the identity and at the last level."""

    order = 100

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, None for a model without a decoder."""
        classifier = subject.classifier
        if not isinstance(classifier, Reconstructs) or classifier.decoder is None:
            return None
        return cls(subject, classifier)

    def __init__(self, subject: Subject, classifier: Reconstructs) -> None:
        self.subject, self.classifier = subject, classifier

    # Derivatives are taken, which tensors made in inference mode do not allow
    @torch.inference_mode(mode=False)
    def compute(self) -> Iterator[Row]:
        """Yield the share at each of the two levels, from a pass of its own."""
        suite = self.subject.suite
        positions = torch.arange(min(IMAGES, self.subject.count))
        parameters = self.subject.images.parameters[positions].to(self.subject.device)
        objects = self.subject.images.objects(positions, self.subject.device)
        labels = self.subject.images.scenes.labels(positions)[:, 0].to(self.subject.device)
        rows = torch.arange(len(positions), device=self.subject.device)

        def draw(images: torch.Tensor) -> torch.Tensor:
            return self.classifier.reconstruct_each(self.classifier.capsules(images))[rows, labels]

        for level in dict.fromkeys((suite.identity, suite.levels[-1])):
            images = suite.at(level)(objects, parameters)
            strength = influence(draw, images, PROBES, generator("influence", suite.name))
            yield {
                "metric": "reconstruction_ignored",
                "layer": None,
                "level": level,
                "value": ignored_share(strength),
                "count": len(positions),
            }
