import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from runbench.models.networks.cnn import build_cnn
from runbench.models.networks.decoded_cnn import build_decoded_cnn

PAIR = torch.zeros(1, 10)
PAIR[0, [2, 5]] = 1


@pytest.fixture
def model():
    torch.manual_seed(0)
    return build_decoded_cnn(1, 10, (28, 28), "smoke").eval()


def drawn_from(model, features, classes):
    """Draw from a decoder's input that is written slot by slot."""
    slots = torch.zeros(10, len(features))
    for index in classes:
        slots[index] = features
    return model.decoder.layers(slots.unsqueeze(0))[0]


def test_it_classifies_as_the_cnn_alone(model):
    torch.manual_seed(0)
    cnn = build_cnn(1, 10, (28, 28), "smoke").eval()
    images = torch.rand(3, 1, 28, 28)
    assert torch.equal(model(images), cnn(images))


def test_logits_are_linear_in_the_penultimate_features(model):
    images = torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(model.cnn.head[-1](model.penultimate(images)), model(images))


def test_loss_is_cross_entropy_plus_the_summed_squared_error_of_the_true_class(model):
    images, labels = torch.rand(2, 1, 28, 28), torch.tensor([3, 7])
    expected = F.cross_entropy(model(images), labels).item()
    for image, features, label in zip(images, model.penultimate(images), labels.tolist(), strict=True):
        expected += 0.0005 * (drawn_from(model, features, [label]) - image).pow(2).sum().item() / 2
    assert model.loss(images, labels).item() == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_a_pair_wants_both_and_reconstructs_from_both(model):
    images = torch.rand(1, 1, 28, 28)
    scores = model(images)
    classification = -(PAIR * F.logsigmoid(scores) + (1 - PAIR) * F.logsigmoid(-scores)).sum().item()
    drawn = drawn_from(model, model.penultimate(images)[0], [2, 5])
    expected = classification + 0.0005 * (drawn - images[0]).pow(2).sum().item()
    assert model.loss(images, PAIR).item() == pytest.approx(expected, rel=1e-5)


def test_the_decoder_is_counted_apart(model):
    assert model.auxiliary() == (model.decoder,)


@pytest.mark.parametrize("preset", ["smoke", "paper"])
def test_the_decoder_fits_other_images_and_classes(preset):
    model = build_decoded_cnn(3, 4, (30, 36), preset)
    assert model.loss(torch.rand(2, 3, 30, 36), torch.tensor([0, 3])).isfinite()
