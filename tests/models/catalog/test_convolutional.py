import pytest
import torch
from torch import nn

from runbench.models.catalog.convolutional import CONVOLUTIONAL
from runbench.models.protocols import ChoosesView, HoldsCapsules


@pytest.mark.parametrize("spec", CONVOLUTIONAL, ids=lambda spec: spec.name)
def test_the_plain_networks_convolve_and_have_neither_views_nor_capsules(spec):
    with torch.device("meta"):
        network = spec.build(1, 10, (28, 28), spec.presets[0])
    assert any(isinstance(module, nn.Conv2d) for module in network.modules())
    assert not isinstance(network, ChoosesView | HoldsCapsules)
