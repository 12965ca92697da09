"""What a metric of features is, and what it is fed: batches of images, and each batch level by level."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar, final

import torch
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.evaluation.features.rows import Row
from runbench.evaluation.layers import Features, Layer, observed
from runbench.models.base import Classifier
from runbench.registration import Registry
from runbench.suites import Suite
from runbench.transforms.base import CoordinateChange, Transform
from runbench.transforms.lattice import Lattice

IMAGES = 512
"""Of how many test images features are measured."""

MOVED = 48
"""Of how many of them whole feature maps are compared, which costs most."""

SHOWN = 64
"""Of how many of them the model is asked for views, poses and reconstructions."""

BATCH, BATCH_BYTES = 64, 2**26
"""How many images pass at once: fewer where their features would take more memory than this."""

FLOAT_BYTES = 4


@final
@dataclass(frozen=True)
class Batch:
    """Images at the suite's identity: positions, objects (B, N, H, W), parameters and labels (B, k).

    `images` (B, C, H, W) are what the model sees of them there, `features` and `probabilities` what it answers.
    """

    positions: Tensor
    objects: Tensor
    parameters: Tensor
    labels: Tensor
    images: Tensor
    features: Features
    probabilities: Tensor

    def __len__(self) -> int:
        return len(self.positions)

    def first(self, count: int) -> Batch:
        """Return the first `count` images of the batch."""
        tensors = {name: part[:count] for name, part in vars(self).items() if name != "features"}
        return Batch(**tensors, features=_first(self.features, count))


@final
@dataclass(frozen=True)
class View:
    """The images of a batch at one level, the number of that level, and what the model answers there."""

    index: int
    transform: Transform
    images: Tensor
    features: Features
    probabilities: Tensor

    def first(self, count: int) -> View:
        """Return the view of the first `count` images."""
        return replace(
            self,
            images=self.images[:count],
            features=_first(self.features, count),
            probabilities=self.probabilities[:count],
        )


@final
@dataclass(frozen=True)
class Subject:
    """What is measured: a model, its layers in the order of passing, and the test images that it is shown.

    `names` are the layers that the model's spec names; without any, layers are found by their type.
    """

    classifier: Classifier
    names: tuple[str, ...]
    layers: tuple[Layer, ...]
    images: TestImages
    device: torch.device

    @property
    def suite(self) -> Suite:
        """Return the suite whose axis the images move along."""
        return self.images.suite

    @property
    def canvas(self) -> Lattice:
        """Return the lattice of the image."""
        return Lattice(self.suite.canvas, self.suite.canvas)

    @property
    def moves_coordinates(self) -> bool:
        """Return whether the suite's transform is a change of coordinates."""
        return isinstance(self.suite.at(self.suite.identity), CoordinateChange)

    @property
    def count(self) -> int:
        """Return how many images there are."""
        return len(self.images.scenes)

    @property
    def batches(self) -> tuple[Tensor, ...]:
        """Return the positions of all images, cut into batches whose features fit in BATCH_BYTES."""
        each = sum(FLOAT_BYTES * math.prod(layer.shape) for layer in self.layers)
        return self.images.batches(max(1, min(BATCH, BATCH_BYTES // max(each, 1))))

    def ask(self, images: Tensor) -> tuple[Features, Tensor]:
        """Return each layer's features of images (B, C, H, W), and the scores (B, K), in the model's precision."""
        with observed(self.classifier, self.names) as features:
            scores = self.classifier(self.classifier.arrange(images))
        return {layer.name: features[layer.name] for layer in self.layers}, scores

    def answers(self, images: Tensor) -> tuple[Features, Tensor]:
        """Return each layer's features of images (B, C, H, W), and the probabilities (B, K), in float32."""
        features, scores = self.ask(images)
        kept = {name: values.float() for name, values in features.items()}
        return kept, self.suite.task.probabilities(self.classifier, scores.float())

    def unchanged(self, positions: Tensor) -> Batch:
        """Return the images at `positions` with what the model answers at the suite's identity."""
        objects = self.images.objects(positions, self.device)
        parameters = self.images.parameters[positions].to(self.device)
        images = self.suite.at(self.suite.identity)(objects, parameters)
        labels = self.images.scenes.labels(positions)
        return Batch(positions, objects, parameters, labels, images, *self.answers(images))

    def views(self, batch: Batch) -> Iterator[View]:
        """Yield a batch at every level, in rising order."""
        for index, transform in enumerate(self.images.transforms):
            if transform.level == self.suite.identity:
                yield View(index, transform, batch.images, batch.features, batch.probabilities)
            else:
                images = transform(batch.objects, batch.parameters)
                yield View(index, transform, images, *self.answers(images))


class FeatureMetric(ABC):
    """A metric of features, or several that are made from the same values.

    It is fed batch by batch, and each batch level by level, and keeps values of images, not their features.
    `images` is how many of the test images, the first ones, it is fed. Metrics are fed, and their rows stand, in
    rising `order`. What its rows mean is registered as a Metric each.
    """

    images: ClassVar[int] = IMAGES
    order: ClassVar[int] = 1000

    def __init__(self, subject: Subject) -> None:
        self.subject, self.suite = subject, subject.suite

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric of a subject, None where it does not apply to its model or suite."""
        return cls(subject)

    def start_batch(self, batch: Batch) -> None:  # noqa: B027 - most need nothing before the first level
        """Take a batch, before its levels."""

    def update(self, batch: Batch, view: View) -> None:  # noqa: B027 - some ask the model themselves in the end
        """Take one level of a batch; levels come in rising order."""

    def end_batch(self, batch: Batch) -> None:  # noqa: B027 - most need nothing after the last level
        """Finish a batch, after its levels."""

    @abstractmethod
    def compute(self) -> Iterator[Row]:
        """Yield the rows, after the last batch."""


FEATURE_METRICS: Registry[type[FeatureMetric]] = Registry("feature metric")
"""The registered feature metrics by the name of their class."""

Registered = TypeVar("Registered", bound=type[FeatureMetric])


def register_feature_metric(metric: Registered) -> Registered:
    """Add a class of feature metrics and return it; raise RegistrationError for a name that is taken."""
    FEATURE_METRICS.add(metric.__name__, metric)
    return metric


def _first(features: Features, count: int) -> Features:
    return {name: values[:count] for name, values in features.items()}
