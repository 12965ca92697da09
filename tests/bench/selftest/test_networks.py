import pytest
import torch

from runbench.selftest.networks import UNITS
from runbench.selftest.subjects import NETWORKS

SIDE = 28


@pytest.mark.parametrize("name", NETWORKS)
@torch.inference_mode()
def test_networks_give_finite_scores_that_are_the_same_every_time(name, build, digits):
    scores = build(name)(digits)
    assert scores.shape == (6, 10)
    assert scores.isfinite().all()
    assert torch.equal(build(name)(digits.clone()), scores)


@torch.inference_mode()
def test_a_constant_network_is_half_sure_of_a_three(build, digits):
    network = build("constant")
    probabilities = network.probabilities(network(digits))
    assert probabilities.argmax(dim=1).tolist() == [3] * 6
    torch.testing.assert_close(probabilities[:, 3], torch.full((6,), 0.5))
    assert probabilities[0].topk(2).indices.tolist() == [3, 5]


@torch.inference_mode()
def test_kernels_turn_onto_themselves(build):
    network = build("quarter-turns")
    for kernels in (network.first.weight, network.second.weight):
        torch.testing.assert_close(kernels.rot90(1, dims=(2, 3)), kernels)
        assert not torch.allclose(kernels[0, 0], kernels[0, 0].mean().expand_as(kernels[0, 0]))


@torch.inference_mode()
def test_answers_survive_quarter_turns_alone(build, digits):
    network = build("quarter-turns")
    scores = network(digits)
    torch.testing.assert_close(network(digits.rot90(1, dims=(2, 3))), scores)
    assert not torch.allclose(network(digits.roll(1, dims=3)), scores)


@torch.inference_mode()
def test_a_bag_of_pixels_does_not_know_where_they_lie(build, digits):
    network = build("bag-of-pixels")
    shuffled = digits.flatten(1)[:, torch.randperm(SIDE**2, generator=torch.Generator().manual_seed(0))]
    assert torch.equal(network(shuffled.reshape(digits.shape)), network(digits))
    brighter = digits.clone()
    brighter[:, :, 12, 12] = 1.0
    assert not torch.equal(network(brighter), network(digits))


@torch.inference_mode()
def test_dice_are_thrown_anew_for_the_smallest_change_of_any_pixel(build, digits):
    network = build("dice")
    thrown = network(digits[:1])
    changed = digits[:1].expand(SIDE**2, -1, -1, -1).clone()
    changed.flatten(1)[range(SIDE**2), range(SIDE**2)] += 1e-6
    scores = network(changed)
    assert ((scores - thrown).abs().max(dim=1).values > 0.1).all()
    # uniform between 0 and 5, and each independent of the others
    assert abs(float(scores.mean()) - 2.5) < 0.1
    assert abs(float(scores.var()) - 25 / 12) < 0.1
    correlations = torch.corrcoef(scores.T) - torch.eye(10)
    assert correlations.abs().max() < 4 / SIDE
    assert network.head.in_features == UNITS


@torch.inference_mode()
def test_brightness_puts_one_class_after_the_other_first(build):
    greys = torch.linspace(0, 9, 10) / 80
    images = greys[:, None, None, None].expand(-1, 1, SIDE, SIDE)
    assert build("brightness")(images).argmax(dim=1).tolist() == list(range(10))
