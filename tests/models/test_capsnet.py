import pytest
import torch

from models.base import count_parameters
from models.capsnet import build_capsnet


@pytest.fixture
def capsnet():
    torch.manual_seed(0)
    return build_capsnet(1, 10, (28, 28), "smoke")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # 1x256x9x9 + 256; 256x256x9x9 + 256; capsules x 10 x 16 x 8 + 160; decoder 160-512-1024-pixels
        ((28, 28), 20_992 + 5_308_672 + 1152 * 1280 + 160 + 82_432 + 525_312 + 803_600),
        ((36, 36), 20_992 + 5_308_672 + 3200 * 1280 + 160 + 82_432 + 525_312 + 1_328_400),
    ],
)
def test_the_paper_preset_is_the_published_network(size, expected):
    with torch.device("meta"):
        assert count_parameters(build_capsnet(1, 10, size, "paper")) == expected


def test_the_published_count_includes_the_biases_of_the_digit_capsules():
    with torch.device("meta"):
        paper = build_capsnet(1, 10, (28, 28), "paper")
    assert count_parameters(paper) == 8_215_728
    assert count_parameters(paper) - paper.routing.bias.numel() == 8_215_568


def test_scores_are_the_lengths_of_the_class_capsules(capsnet):
    images = torch.rand(3, 1, 28, 28)
    capsules = capsnet.capsules(images)
    assert capsules.shape == (3, 10, 16)
    torch.testing.assert_close(capsnet(images), capsules.square().sum(dim=2).sqrt())
    assert capsnet(images).lt(1).all()


def test_probabilities_are_lengths_divided_by_their_sum(capsnet):
    scores = torch.tensor([[0.9, 0.1, 0.5, 0.5]])
    torch.testing.assert_close(capsnet.probabilities(scores), torch.tensor([[0.45, 0.05, 0.25, 0.25]]))


def test_loss_is_margin_plus_the_summed_squared_error_of_the_true_class(capsnet):
    images, labels = torch.rand(2, 1, 28, 28), torch.tensor([3, 7])
    capsules = capsnet.capsules(images)
    expected = 0.0
    for image, capsule, label in zip(images, capsules, labels.tolist(), strict=True):
        masked = torch.zeros_like(capsule)
        masked[label] = capsule[label]
        drawn = capsnet.decoder(masked.unsqueeze(0))[0]
        for index, length in enumerate(capsule.norm(dim=1).tolist()):
            expected += max(0, 0.9 - length) ** 2 if index == label else 0.5 * max(0, length - 0.1) ** 2
        expected += 0.0005 * (drawn - image).pow(2).sum().item()
    assert capsnet.loss(images, labels).item() == pytest.approx(expected / 2, rel=1e-5)


def test_the_loss_of_a_pair_wants_both_and_reconstructs_from_both(capsnet):
    images = torch.rand(1, 1, 28, 28)
    capsule = capsnet.capsules(images)[0]
    pair = torch.zeros(1, 10)
    pair[0, [2, 5]] = 1
    drawn = capsnet.decoder((capsule * pair[0, :, None])[None])
    expected = 0.0005 * (drawn - images).pow(2).sum().item()
    for index, length in enumerate(capsule.norm(dim=1).tolist()):
        expected += max(0, 0.9 - length) ** 2 if index in (2, 5) else 0.5 * max(0, length - 0.1) ** 2
    assert capsnet.loss(images, pair).item() == pytest.approx(expected, rel=1e-5)


def test_presence_is_the_length_itself(capsnet):
    scores = torch.tensor([[0.9, 0.1, 0.5, 0.5]])
    assert torch.equal(capsnet.presence(scores), scores)


def test_the_decoder_draws_images_and_is_counted_apart(capsnet):
    drawn = capsnet.reconstruct(torch.rand(2, 10, 16), torch.eye(10)[:2])
    assert drawn.shape == (2, 1, 28, 28)
    assert capsnet.auxiliary() == (capsnet.decoder,)


def test_scores_do_not_depend_on_the_decoder(capsnet):
    images = torch.rand(2, 1, 28, 28)
    before = capsnet(images)
    torch.nn.init.zeros_(capsnet.decoder.layers[1].weight)
    torch.testing.assert_close(capsnet(images), before)
