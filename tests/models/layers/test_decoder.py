import pytest
import torch

from runbench.models.layers.decoder import Decoder, draw_apart, draw_each, draw_together


@pytest.fixture
def decoder():
    torch.manual_seed(0)
    decoder = Decoder(5 * 4, (8, 16), (2, 6, 7))
    for parameter in decoder.parameters():
        # Strong enough for two drawings to exceed 1 together somewhere, and not everywhere.
        torch.nn.init.normal_(parameter, std=0.5)
    return decoder


def drawn_alone(decoder, capsules, index):
    masked = torch.zeros_like(capsules)
    masked[index] = capsules[index]
    return decoder(masked.unsqueeze(0))[0]


def test_each_capsule_is_drawn_alone(decoder):
    capsules = torch.randn(3, 5, 4)
    drawn = draw_each(decoder, capsules)
    assert drawn.shape == (3, 5, 2, 6, 7)
    for row in range(3):
        for index in range(5):
            torch.testing.assert_close(drawn[row, index], drawn_alone(decoder, capsules[row], index))


def test_capsules_apart_draw_the_clipped_sum_of_their_own_images(decoder):
    capsules = torch.randn(3, 5, 4)
    sets = ((0, 3), (2,), (1, 3, 4))
    present = torch.zeros(3, 5)
    for row, indices in enumerate(sets):
        present[row, list(indices)] = 1
    drawn = draw_apart(decoder, capsules, present)
    for row, indices in enumerate(sets):
        expected = sum(drawn_alone(decoder, capsules[row], index) for index in indices).clamp(max=1)
        torch.testing.assert_close(drawn[row], expected)
    assert drawn[0].eq(1).any()
    assert drawn[0].lt(1).any()


def test_capsules_together_draw_once(decoder):
    capsules = torch.randn(2, 5, 4)
    present = torch.tensor([[1.0, 0, 1, 0, 0], [0, 0, 0, 1, 1]])
    for drawn, row, mask in zip(draw_together(decoder, capsules, present), capsules, present, strict=True):
        torch.testing.assert_close(drawn, decoder((row * mask.unsqueeze(1)).unsqueeze(0))[0])


def test_one_capsule_draws_the_same_apart_as_together(decoder):
    capsules, present = torch.randn(5, 5, 4), torch.eye(5)
    torch.testing.assert_close(draw_apart(decoder, capsules, present), draw_together(decoder, capsules, present))


def test_an_empty_set_draws_an_empty_image(decoder):
    assert draw_apart(decoder, torch.randn(2, 5, 4), torch.zeros(2, 5)).eq(0).all()


def test_only_capsules_that_are_present_learn_from_what_is_drawn_apart(decoder):
    capsules = torch.randn(1, 5, 4, requires_grad=True)
    draw_apart(decoder, capsules, torch.tensor([[0.0, 1, 0, 1, 0]])).square().sum().backward()
    assert capsules.grad[0].any(dim=1).tolist() == [False, True, False, True, False]
