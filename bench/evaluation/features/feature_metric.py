"""What a feature metric is: it collects numbers from each batch and level as they pass, and keeps no features."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar, final

import numpy as np
import torch
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.errors import RegistrationError
from runbench.evaluation.layers import Features, Layer, observed
from runbench.models.base import Classifier
from runbench.statistics import Float64Array, bootstrap_weights, percentile_interval
from runbench.suites import Suite
from runbench.transforms.base import Transform
from runbench.transforms.lattice import Lattice

COMPARED = 48
"""Of how many of the first images whole feature maps are compared, which costs most."""

SHOWN = 64
"""Of how many of the first images the model is asked for views, poses and reconstructions."""

BATCH, BATCH_BYTES = 64, 2**26
"""How many images pass at once: fewer where their features would take more memory than this."""

FLOAT_BYTES = 4

Row = dict[str, Any]
"""A row of schemas.FEATURES, without what is the same for all rows of a cell."""


@final
@dataclass(frozen=True)
class Subject:
    """A model with its layers, in the order in which an image passes them, and the test images it is measured on.

    `names` are the layers that its spec names; without any, layers are found by their type.
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
    def count(self) -> int:
        """Return how many images there are."""
        return len(self.images.scenes)

    @property
    def batches(self) -> tuple[Tensor, ...]:
        """Return the positions of all images, cut into batches whose features fit in BATCH_BYTES."""
        each = sum(FLOAT_BYTES * math.prod(layer.shape) for layer in self.layers)
        return self.images.batches(max(1, min(BATCH, BATCH_BYTES // max(each, 1))))

    def outputs(self, images: Tensor) -> tuple[Features, Tensor]:
        """Return each layer's features of images (B, C, H, W), and the probabilities (B, K)."""
        with observed(self.classifier, self.names) as features:
            scores = self.classifier(images.contiguous(memory_format=torch.channels_last)).float()
        kept = {layer.name: features[layer.name].float() for layer in self.layers}
        return kept, self.suite.task.probabilities(self.classifier, scores)

    def unchanged(self, positions: Tensor) -> Batch:
        """Return the images at `positions`, and the model's outputs, at the suite's identity."""
        objects = self.images.objects(positions, self.device)
        parameters = self.images.parameters[positions].to(self.device)
        images = self.suite.at(self.suite.identity)(objects, parameters)
        labels = self.images.scenes.labels(positions)
        return Batch(positions, objects, parameters, labels, images, *self.outputs(images))

    def views(self, batch: Batch) -> Iterator[View]:
        """Yield the images of a batch at each level of the suite, in rising order."""
        for index, transform in enumerate(self.images.transforms):
            if transform.level == self.suite.identity:
                yield View(index, transform, batch.images, batch.features, batch.probabilities)
            else:
                images = transform(batch.objects, batch.parameters)
                yield View(index, transform, images, *self.outputs(images))


@final
@dataclass(frozen=True)
class Batch:
    """Some images at the suite's identity: positions, objects (B, N, H, W), parameters and labels (B, k).

    `images` (B, C, H, W) are what the model is given, `features` and `probabilities` its outputs.
    """

    positions: Tensor
    objects: Tensor
    parameters: Tensor
    labels: Tensor
    images: Tensor
    features: Features
    probabilities: Tensor

    def among_first(self, count: int) -> int:
        """Return how many of the images are among the first `count` of all."""
        return int((self.positions < count).sum())


@final
@dataclass(frozen=True)
class View:
    """The images of a batch at one level, the level's number, and the model's outputs there."""

    index: int
    transform: Transform
    images: Tensor
    features: Features
    probabilities: Tensor


class FeatureMetric(ABC):
    """A measurement of a model's features, updated batch by batch and level by level.

    Metrics are updated, and their rows stand, in rising `order`.
    """

    order: ClassVar[int] = 1000

    @classmethod
    @abstractmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric of a subject, None where it does not apply to its model or suite."""

    def start_batch(self, batch: Batch) -> None:  # noqa: B027 - most need nothing before the first level
        """Prepare for the levels of a batch."""

    def update(self, batch: Batch, view: View) -> None:  # noqa: B027 - some make a pass of their own
        """Add one level of a batch; levels come in rising order."""

    def end_batch(self, batch: Batch) -> None:  # noqa: B027 - most need nothing after the last level
        """Finish a batch after its last level."""

    @abstractmethod
    def compute(self) -> Iterator[Row]:
        """Yield the rows of all batches."""


FEATURE_METRICS: dict[str, type[FeatureMetric]] = {}
"""The registered feature metrics by the name of their class."""

Registered = TypeVar("Registered", bound=type[FeatureMetric])


def register_feature_metric(metric: Registered) -> Registered:
    """Add a class of feature metrics and return it; raise RegistrationError for a name that is taken."""
    if metric.__name__ in FEATURE_METRICS:
        raise RegistrationError(f"a feature metric named {metric.__name__} is registered already")
    FEATURE_METRICS[metric.__name__] = metric
    return metric


def by_image(columns: Sequence[Sequence[Tensor]]) -> Float64Array:
    """Return values (n, L) that came batch by batch, and in each batch level by level, as tensors (B,)."""
    return torch.cat([torch.stack(list(levels), dim=1) for levels in columns]).double().cpu().numpy()


def ratio_rows(
    measure: str,
    layer: str | None,
    levels: Sequence[float],
    over: Float64Array,
    under: Float64Array,
    floor: Float64Array | None = None,
) -> Iterator[Row]:
    """Give a row per level: the sum over images of `over` (n, L) divided by that of `under` (n, L), with bounds.

    `floor` (n, L) is summed and divided alike; where it is not a number there is none. A level whose denominator
    is 0 has no row. Bounds are percentiles of the bootstrap over images.
    """
    weights = bootstrap_weights(len(over)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        resamples = (weights @ over) / (weights @ under)
        floors = None if floor is None else floor.sum(axis=0) / under.sum(axis=0)
    for index, level in enumerate(levels):
        value = float(resamples[0, index])
        if not np.isfinite(value):
            continue
        low, high = percentile_interval(resamples[1:, index])
        row: Row = {"metric": measure, "layer": layer, "level": level, "value": value, "low": low, "high": high}
        if floors is not None and np.isfinite(floors[index]):
            row["floor"] = float(floors[index])
        yield row | {"count": len(over)}


def sweep_row(measure: str, layer: str | None, resamples: Float64Array, count: int) -> Iterator[Row]:
    """Give the row of a measure of the sweep with its resamples (1 + R,), the value first; none for NaN."""
    value = float(resamples[0])
    if np.isfinite(value):
        low, high = percentile_interval(resamples[1:])
        yield {
            "metric": measure,
            "layer": layer,
            "value": value,
            "low": low,
            "high": high,
            "count": count,
            "resamples": resamples.astype(np.float32),
        }
