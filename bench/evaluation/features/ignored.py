"""Which pixels of the input the drawing does not depend on."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from runbench.environment import generator
from runbench.evaluation.features.gauge import Row, Subject
from runbench.metrics.features.reconstruction import ignored_share, influence
from runbench.models.protocols import Reconstructs

IMAGES, PROBES = 16, 2
"""Over how many images, and how many random directions of each drawing, derivatives are averaged."""


def ignored_pixels(subject: Subject, classifier: Reconstructs) -> Iterator[Row]:
    """Give the share of pixels that the first label's drawing ignores, at the identity and at the last level."""
    suite = subject.suite
    positions = torch.arange(min(IMAGES, subject.count))
    parameters = subject.images.parameters[positions].to(subject.device)
    objects = subject.images.objects(positions, subject.device)
    labels = subject.images.scenes.labels(positions)[:, 0].to(subject.device)
    rows = torch.arange(len(positions), device=subject.device)

    def draw(images: torch.Tensor) -> torch.Tensor:
        return classifier.reconstruct_each(classifier.capsules(images))[rows, labels]

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
