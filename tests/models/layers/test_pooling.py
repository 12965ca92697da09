import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.pooling import POOLINGS, blur_pool


@pytest.mark.parametrize("side", range(5, 12))
@pytest.mark.parametrize("name", POOLINGS)
def test_the_pooling_knows_its_size(name, side):
    pooling = POOLINGS[name]
    features = F.conv2d(torch.rand(1, 1, side, side), torch.rand(1, 1, 3, 3), stride=pooling.stride, padding=1)
    assert pooling.layer()(features).shape[-2:] == (pooling.size(side),) * 2


@pytest.mark.parametrize("side", [7, 8])
def test_blur_pooling_is_a_maximum_then_a_binomial_filter_at_every_second_place(side):
    features = torch.randn(2, 3, side, side)
    highest = features.unfold(2, 2, 1).unfold(3, 2, 1).amax(dim=(-2, -1))
    binomial = torch.tensor([1.0, 2.0, 1.0]).outer(torch.tensor([1.0, 2.0, 1.0])) / 16
    mirrored = F.pad(highest, (1, 1, 1, 1), mode="reflect")
    expected = F.conv2d(mirrored, binomial.expand(3, 1, 3, 3), stride=2, groups=3)
    torch.testing.assert_close(blur_pool()(features), expected)


def test_blur_pooling_does_not_darken_the_border():
    torch.testing.assert_close(blur_pool()(torch.ones(1, 1, 9, 9)), torch.ones(1, 1, 4, 4))


def test_blur_pooling_changes_less_when_the_image_moves_by_a_pixel():
    noise = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    moved = noise.roll(1, dims=3)

    def change(pool):
        return (pool(noise) - pool(moved))[..., 1:-1].square().mean()

    assert change(blur_pool()) < 0.5 * change(POOLINGS["max"].layer())


@pytest.mark.parametrize("name", POOLINGS)
def test_a_pooling_that_is_not_a_maximum_comes_behind_the_activation(name):
    stage = torch.nn.Sequential(*POOLINGS[name].among(torch.nn.BatchNorm2d(1), torch.nn.ReLU())).eval()
    features = torch.randn(1, 1, 8, 8)
    expected = POOLINGS[name].layer()(features.clamp(min=0) / (1 + 1e-5) ** 0.5)
    torch.testing.assert_close(stage(features), expected)
