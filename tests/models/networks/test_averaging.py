import pytest
import torch
from torch import nn

from runbench.models.base import count_parameters
from runbench.models.networks.averaging import build_average
from runbench.models.networks.capsnet import build_capsnet
from runbench.models.networks.cnn import build_cnn

PLANE = (-2, -1)
CNN = "runbench.models.networks.cnn:build_cnn"
CAPSNET = "runbench.models.networks.capsnet:build_capsnet"


def built(model=CNN, **options):
    torch.manual_seed(0)
    return build_average(1, 10, (28, 28), "smoke", model=model, **options).eval()


def test_probabilities_are_the_mean_over_the_orbit():
    average = built(turns=4)
    images = torch.rand(3, 1, 28, 28)
    expected = sum(average.model(images.rot90(turn, PLANE)).softmax(dim=1) for turn in range(4)) / 4
    torch.testing.assert_close(average.probabilities(average(images)), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("model", [CNN, CAPSNET])
def test_scores_do_not_change_along_the_orbit(model, quarters):
    average = built(model, turns=12)
    images = torch.rand(3, 1, 28, 28)
    moved = average(images.rot90(quarters, PLANE))
    torch.testing.assert_close(moved, average(images), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("model", "build"), [(CNN, build_cnn), (CAPSNET, build_capsnet)])
def test_an_orbit_of_one_has_the_models_probabilities(model, build):
    average = built(model, turns=1)
    torch.manual_seed(0)
    alone = build(1, 10, (28, 28), "smoke").eval()
    images = torch.rand(3, 1, 28, 28)
    expected = alone.probabilities(alone(images))
    torch.testing.assert_close(average.probabilities(average(images)), expected, atol=1e-4, rtol=1e-3)


def test_an_orbit_of_one_has_the_lengths_of_capsules():
    average = built(CAPSNET, turns=1)
    images = torch.rand(3, 1, 28, 28)
    expected = average.model(images)
    torch.testing.assert_close(average.presence(average(images)), expected, atol=1e-4, rtol=1e-3)


class Certain(nn.Module):
    """Be sure of one class, to the last bit."""

    def forward(self, images):
        return torch.tensor([[1000.0, -1000.0, -1000.0]]).expand(len(images), 3)


def test_scores_are_finite_where_a_probability_is_zero(monkeypatch):
    monkeypatch.setattr("runbench.models.networks.cnn.build_cnn", lambda *_: Certain())
    average = built()
    scores = average(torch.rand(2, 1, 28, 28))
    assert scores.isfinite().all()
    torch.testing.assert_close(average.probabilities(scores), torch.tensor([[1.0, 0.0, 0.0]]).expand(2, 3))


def test_training_is_the_models_own():
    average = built().train()
    images, labels = torch.rand(4, 1, 28, 28), torch.arange(4)
    torch.manual_seed(0)
    alone = build_cnn(1, 10, (28, 28), "smoke")
    assert torch.equal(average.loss(images, labels), alone.loss(images, labels))
    assert torch.equal(average(images), alone(images))


def test_what_only_training_uses_is_the_models():
    average = built(CAPSNET)
    assert average.auxiliary() == (average.model.decoder,)
    assert count_parameters(average) == count_parameters(average.model)
    assert average.paces() == average.model.paces()


def test_options_go_to_the_model():
    assert built(pooling="average").model.features[3].__class__ is nn.AvgPool2d


def test_an_empty_orbit_is_refused():
    with pytest.raises(ValueError, match="at least one turn"):
        built(turns=0)
