"""Measure the features of a model: batches outside, levels inside, so that features never outlive a batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.environment import generator
from runbench.evaluation.features.feature_metric import IMAGES, FeatureMetric, Subject
from runbench.evaluation.features.registry import feature_metrics
from runbench.evaluation.features.rows import Row
from runbench.evaluation.layers import find_layers
from runbench.models.base import Classifier
from runbench.progress import Progress


@torch.no_grad()
def measure_features(
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
    found = [kind.of(subject) for kind in feature_metrics()]
    metrics = [metric for metric in found if metric is not None]
    begun = 0
    for positions in progress(subject.batches, title, total=len(subject.batches)):
        _feed(metrics, subject, positions, begun)
        begun += len(positions)
    rows = [row for metric in metrics for row in metric.compute()]
    order = {layer.name: place for place, layer in enumerate(subject.layers)}
    # Sorting is stable: of one layer, metrics and levels stay as they came
    return sorted(rows, key=lambda row: order.get(row["layer"], len(order)))


def _subject(classifier: Classifier, names: Sequence[str], images: TestImages, device: torch.device) -> Subject:
    canvas, first = images.suite.canvas, torch.arange(1)
    channels = images.objects(first, device).shape[1] // images.suite.objects
    layers = find_layers(classifier, names, (channels, canvas, canvas), generator("layers", images.suite.name))
    return Subject(classifier, tuple(names), layers, images, device)


def _feed(metrics: Sequence[FeatureMetric], subject: Subject, positions: Tensor, begun: int) -> None:
    """Feed a batch to the metrics, to each as many of its images as it takes; `begun` images came before."""
    batch = subject.unchanged(positions)
    fed = [(metric, batch.first(metric.images - begun)) for metric in metrics if metric.images > begun]
    for metric, part in fed:
        metric.start_batch(part)
    for view in subject.views(batch):
        for metric, part in fed:
            metric.update(part, view.first(len(part)))
    for metric, part in fed:
        metric.end_batch(part)
