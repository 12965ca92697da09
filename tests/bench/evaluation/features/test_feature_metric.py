"""What feature metrics are fed of a subject, and that their names are their own."""

import numpy as np
import pytest
import torch
from torch import nn

from fixtures.known_networks import FIRST, stack
from runbench.data.test_images import CPU, lay_out
from runbench.errors import RegistrationError
from runbench.evaluation.features import feature_metric
from runbench.evaluation.features.feature_metric import Subject, register_feature_metric
from runbench.evaluation.features.registry import feature_metrics
from runbench.evaluation.layers import find_layers
from runbench.models.base import as_classifier
from runbench.suites import SUITES


@pytest.fixture
def subject(digits):
    """Return a network with one convolution and 70 images that are turned."""
    images = lay_out(SUITES["rotation"].swept_at((-90.0, 180.0)), "test", digits, 70)
    network = stack(nn.Conv2d(1, 3, 5, stride=3, bias=False))
    network(torch.zeros(1, 1, 28, 28))
    classifier = as_classifier(network).eval()
    layers = find_layers(classifier, (), (1, 28, 28), torch.Generator().manual_seed(0))
    return Subject(classifier, (), layers, images, CPU)


def test_wide_layers_pass_in_smaller_batches(monkeypatch, subject):
    each = 4 * sum(int(np.prod(layer.shape)) for layer in subject.layers)
    assert [len(batch) for batch in subject.batches] == [64, 6]
    monkeypatch.setattr(feature_metric, "BATCH_BYTES", 10 * each + 1)
    assert [len(batch) for batch in subject.batches] == [10] * 7
    monkeypatch.setattr(feature_metric, "BATCH_BYTES", 1)
    assert [len(batch) for batch in subject.batches] == [1] * 70


@torch.inference_mode()
def test_views_are_the_turned_images_and_what_the_network_answers_to_them(subject):
    positions = torch.tensor([5, 60, 2])
    images = subject.images.objects(positions, CPU)
    convolution, linear = subject.classifier.network[0], subject.classifier.network[2]
    views = list(subject.views(subject.unchanged(positions)))
    assert [(view.index, view.transform.level) for view in views] == [(0, -90.0), (1, 0.0), (2, 180.0)]
    for view, turns in zip(views, (-1, 0, 2), strict=True):
        features = convolution(images.rot90(turns, (2, 3)))
        torch.testing.assert_close(view.features[FIRST], features)
        torch.testing.assert_close(view.probabilities, linear(features.flatten(1)).softmax(dim=1))


@torch.inference_mode()
def test_the_first_images_of_a_batch_are_those_of_a_smaller_batch(subject):
    first, small = subject.unchanged(torch.arange(7)).first(3), subject.unchanged(torch.arange(3))
    assert len(first) == 3
    for name in ("positions", "objects", "parameters", "labels", "images", "probabilities"):
        torch.testing.assert_close(getattr(first, name), getattr(small, name))
    view, other = (next(subject.views(batch)) for batch in (subject.unchanged(torch.arange(7)), small))
    torch.testing.assert_close(view.first(3).features, other.features)


def test_a_name_that_is_taken_is_refused():
    first = feature_metrics()[0]
    with pytest.raises(RegistrationError, match=f"'{first.__name__}' is registered already"):
        register_feature_metric(first)
