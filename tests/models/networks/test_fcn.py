import pytest
import torch
from torch import nn

from runbench.models.base import count_parameters
from runbench.models.networks.fcn import FullyConnectedLocalization, build_fcn


@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_it_has_linear_layers_only(preset):
    kinds = {type(module) for module in build_fcn(1, 10, (28, 28), preset).layers}
    assert kinds == {nn.Flatten, nn.Linear, nn.ReLU}


def test_its_parameters_by_hand():
    assert count_parameters(build_fcn(1, 10, (28, 28), "standard")) == 785 * 190 + 191 * 100 + 101 * 10


def test_the_paper_preset_spends_what_the_paper_spends():
    assert count_parameters(build_fcn(1, 10, (28, 28), "paper")) == pytest.approx(400_000, rel=0.05)


def test_the_localisation_network_starts_at_zero():
    localisation = FullyConnectedLocalization(3, (6, 5), (8, 4), 7)
    assert torch.equal(localisation(torch.rand(2, 3, 6, 5)), torch.zeros(2, 7))
