"""The pass that all gauges read: batches outside, levels inside, so that features never outlive a batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.environment import generator
from runbench.evaluation.features.distances import DistanceGauge
from runbench.evaluation.features.equivariance import EquivarianceGauge
from runbench.evaluation.features.gauge import Batch, Gauge, Row, Subject, View
from runbench.evaluation.features.ignored import ignored_pixels
from runbench.evaluation.features.linear import LinearGauge
from runbench.evaluation.features.local import local_errors
from runbench.evaluation.features.orbits import OrbitGauge, drawn_units
from runbench.evaluation.features.poses import DrawingGauge, PoseGauge
from runbench.evaluation.features.predictions import PredictionGauge
from runbench.evaluation.features.views import ViewGauge
from runbench.evaluation.layers import Features, Layer, find_layers, observed
from runbench.models.base import Classifier
from runbench.models.protocols import ChoosesView, HoldsCapsules, Reconstructs
from runbench.progress import Progress

IMAGES = 512
"""Of how many test images features are measured."""

MOVED = 48
"""Of how many of them whole feature maps are compared, which costs most."""

SHOWN = 64
"""Of how many of them the model is asked for views, poses and drawings."""

BATCH, BATCH_BYTES = 64, 2**26
"""How many images pass at once: fewer where their features would take more memory than this."""

FLOAT_BYTES = 4

Ask = Callable[[Tensor], tuple[Features, Tensor]]
"""Asks the model about images (B, C, H, W): features by layer, and probabilities (B, K)."""


def measure_responses(
    classifier: Classifier,
    names: Sequence[str],
    images: TestImages,
    device: torch.device,
    progress: Progress,
    title: str,
) -> list[Row]:
    """Return the rows of everything that is measured of a model's features along the suite's axis.

    `names` are the layers that its spec names. Sets of several objects without an axis have no unchanged image to
    compare with, and no rows. Layers keep the order in which an image passes them.
    """
    suite = images.suite
    if suite.task.sought > 1 and not suite.axis:
        return []
    classifier.eval()
    subject = _subject(classifier, names, images.first(IMAGES), device)
    rows = _read(subject, names, progress, title)
    if isinstance(classifier, Reconstructs) and classifier.decoder is not None:
        rows += ignored_pixels(subject, classifier)
    order = {layer.name: place for place, layer in enumerate(subject.layers)}
    # Sorting is stable: of one layer, measures and levels stay as they came
    return sorted(rows, key=lambda row: order.get(row["layer"], len(order)))


@torch.inference_mode()
def _subject(classifier: Classifier, names: Sequence[str], images: TestImages, device: torch.device) -> Subject:
    canvas = images.suite.canvas
    channels = images.objects(torch.arange(1), device).shape[1] // images.suite.objects
    layers = find_layers(classifier, names, (channels, canvas, canvas), generator("layers", images.suite.name))
    return Subject(classifier, layers, images, device)


@torch.inference_mode()
def _read(subject: Subject, names: Sequence[str], progress: Progress, title: str) -> list[Row]:
    """Let all gauges read all batches at all levels; return their rows."""
    positions = torch.arange(subject.count).split(_batch_size(subject.layers))
    with observed(subject.classifier, names) as features:
        ask = partial(_answers, subject, features)
        gauges = _gauges(subject, _untouched(subject, ask, positions))
        for batch in progress(positions, title, total=len(positions)):
            met = _unchanged(subject, ask, batch)
            for gauge in gauges:
                gauge.meet(met)
            for view in _views(subject, ask, met):
                for gauge in gauges:
                    gauge.read(met, view)
            for gauge in gauges:
                gauge.leave(met)
    rows = [row for gauge in gauges for row in gauge.rows()]
    return rows + list(
        local_errors(subject, names, torch.arange(min(MOVED, subject.count)).split(len(positions[0])))
    )


def _gauges(subject: Subject, untouched: Mapping[str, Tensor]) -> list[Gauge]:
    """Return the gauges for what the model has and shows."""
    classifier, suite = subject.classifier, subject.suite
    gauges: list[Gauge] = [
        PredictionGauge(subject),
        DistanceGauge(subject, MOVED),
        OrbitGauge(subject, untouched),
        EquivarianceGauge(subject, MOVED),
        LinearGauge(subject),
    ]
    if isinstance(classifier, ChoosesView):
        gauges.append(ViewGauge(subject, classifier, SHOWN))
    if isinstance(classifier, HoldsCapsules) and suite.task.sought == 1:
        gauges.append(PoseGauge(subject, classifier, SHOWN))
    if isinstance(classifier, Reconstructs) and classifier.decoder is not None:
        gauges.append(DrawingGauge(subject, classifier, SHOWN))
    return gauges


def _answers(subject: Subject, features: Features, images: Tensor) -> tuple[Features, Tensor]:
    """Return each layer's features of images (B, C, H, W), and the probabilities (B, K)."""
    features.clear()
    scores = subject.classifier(images.contiguous(memory_format=torch.channels_last)).float()
    kept = {layer.name: features[layer.name].float() for layer in subject.layers}
    return kept, subject.suite.task.probabilities(subject.classifier, scores)


def _untouched(subject: Subject, ask: Ask, positions: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return what the drawn units of each layer (n, U) say of untransformed images."""
    drawn: dict[str, list[Tensor]] = {layer.name: [] for layer in subject.layers}
    for batch in positions:
        for name, kept in _unchanged(subject, ask, batch).features.items():
            drawn[name].append(drawn_units(name, kept))
    return {name: torch.cat(values) for name, values in drawn.items()}


def _unchanged(subject: Subject, ask: Ask, positions: Tensor) -> Batch:
    """Return a batch with what the model answers at the suite's identity."""
    test = subject.images
    objects, parameters = test.objects(positions, subject.device), test.parameters[positions].to(subject.device)
    images = subject.suite.at(subject.suite.identity)(objects, parameters)
    features, probabilities = ask(images)
    labels = test.scenes.labels(positions)
    return Batch(positions, objects, parameters, labels, images, features, probabilities)


def _views(subject: Subject, ask: Ask, batch: Batch) -> Iterator[View]:
    for index, transform in enumerate(subject.images.transforms):
        if transform.level == subject.suite.identity:
            yield View(index, transform, batch.images, batch.features, batch.probabilities)
        else:
            images = transform(batch.objects, batch.parameters)
            yield View(index, transform, images, *ask(images))


def _batch_size(layers: Sequence[Layer]) -> int:
    each = sum(FLOAT_BYTES * math.prod(layer.shape) for layer in layers)
    return max(1, min(BATCH, BATCH_BYTES // max(each, 1)))
