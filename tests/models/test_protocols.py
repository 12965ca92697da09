import pytest
import torch

from runbench.models.protocols import ChoosesView, HoldsCapsules, Reconstructs, Routes
from runbench.models.registry import get_model

SHOWN = {
    "baseline": set(),
    "stn": {ChoosesView},
    "capsnet": {HoldsCapsules, Reconstructs, Routes},
}
IMAGES = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", SHOWN)
def test_a_model_shows_what_its_family_has(name):
    network = get_model(name).build(1, 10, (28, 28), "smoke")
    protocols = (ChoosesView, HoldsCapsules, Reconstructs, Routes)
    assert {protocol for protocol in protocols if isinstance(network, protocol)} == SHOWN[name]


def test_what_a_transformer_attends_to_before_it_learns_is_the_image():
    network = get_model("stn").build(1, 10, (28, 28), "smoke").eval()
    assert isinstance(network, ChoosesView)
    torch.testing.assert_close(network.theta(IMAGES), torch.eye(3)[:2].repeat(3, 1, 1))
    torch.testing.assert_close(network.attend(IMAGES), IMAGES, atol=1e-4, rtol=1e-4)


def test_the_length_of_a_capsule_is_the_score_of_its_class():
    network = get_model("capsnet").build(1, 10, (28, 28), "smoke").eval()
    assert isinstance(network, Reconstructs)
    with torch.no_grad():
        capsules = network.capsules(IMAGES)
        torch.testing.assert_close(capsules.norm(dim=-1), network(IMAGES), atol=1e-4, rtol=1e-4)
        drawings = network.reconstruct_each(capsules)
    assert drawings.shape == (3, 10, 1, 28, 28)
    assert 0 <= drawings.min() <= drawings.max() <= 1
