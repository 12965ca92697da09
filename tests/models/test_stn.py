import pytest
import torch

from models.base import count_parameters
from models.stn import build_stn


@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_at_the_start_it_is_its_trunk(preset):
    stn = build_stn(1, 10, (28, 28), preset)
    images = torch.rand(4, 1, 28, 28)
    torch.testing.assert_close(stn(images), stn.trunk(images), atol=1e-4, rtol=1e-4)


def test_theta_moves_when_it_is_trained():
    torch.manual_seed(0)
    stn = build_stn(1, 10, (28, 28), "smoke")
    images, labels = torch.rand(8, 1, 28, 28), torch.arange(8)
    before = stn.transformer.theta(images)
    optimiser = torch.optim.Adam(stn.parameters(), lr=1e-3)
    stn.loss(images, labels).backward()
    optimiser.step()
    assert not torch.equal(stn.transformer.theta(images), before)


def test_the_paper_preset_has_the_published_localisation_network():
    layers = build_stn(1, 10, (28, 28), "paper").transformer.localisation
    # 1x20x5x5 + 20, 20x20x5x5 + 20, 4x4x20 x 20 + 20, 20 x 6 + 6
    assert count_parameters(layers) == 520 + 10_020 + 6_420 + 126
