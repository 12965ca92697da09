import pytest
import torch
from torch import nn

from runbench.models.base import as_classifier, as_sets, count_parameters


@pytest.fixture
def classifier():
    torch.manual_seed(0)
    return as_classifier(nn.Sequential(nn.Flatten(), nn.Linear(4, 3)))


def test_logits_are_trained_by_cross_entropy(classifier):
    images, targets = torch.rand(5, 1, 2, 2), torch.tensor([0, 1, 2, 1, 0])
    exponentials = classifier(images).exp()
    right = exponentials[range(5), targets] / exponentials.sum(dim=1)
    assert classifier.loss(images, targets).item() == pytest.approx(-right.log().mean().item())


def test_probabilities_are_the_softmax(classifier):
    odds = classifier.probabilities(torch.tensor([[0.0, 0.0, torch.log(torch.tensor(2.0))]]))
    torch.testing.assert_close(odds, torch.tensor([[0.25, 0.25, 0.5]]))


def test_sets_are_trained_by_sigmoid_cross_entropy_summed_over_classes(classifier):
    images, sets = torch.rand(2, 1, 2, 2), torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    presence = 1 / (1 + (-classifier(images)).exp())
    expected = -(sets * presence.log() + (1 - sets) * (1 - presence).log()).sum(dim=1).mean()
    assert classifier.loss(images, sets).item() == pytest.approx(expected.item(), rel=1e-5)


def test_presence_is_the_sigmoid(classifier):
    presence = classifier.presence(torch.tensor([[0.0, torch.log(torch.tensor(3.0)), -40.0]]))
    torch.testing.assert_close(presence, torch.tensor([[0.5, 0.75, 0.0]]))


def test_labels_become_sets_and_sets_stay(classifier):
    assert as_sets(torch.tensor([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    sets = torch.tensor([[1.0, 0.0, 1.0]])
    assert as_sets(sets, 3) is sets


def test_a_classifier_is_not_wrapped_again(classifier):
    assert as_classifier(classifier) is classifier


@pytest.mark.parametrize("network", [None, "cnn", lambda images: images])
def test_anything_but_a_module_is_refused(network):
    with pytest.raises(TypeError, match=r"a model is an nn\.Module"):
        as_classifier(network)


def test_frozen_parameters_are_not_counted(classifier):
    classifier.network[1].bias.requires_grad_(requires_grad=False)
    assert count_parameters(classifier) == 12
