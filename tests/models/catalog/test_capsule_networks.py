import pytest
import torch

from runbench.models.catalog.capsule_networks import CAPSULE_NETWORKS
from runbench.models.protocols import HoldsCapsules


@pytest.mark.parametrize("spec", CAPSULE_NETWORKS, ids=lambda spec: spec.name)
def test_every_capsule_network_holds_a_capsule_for_each_class(spec):
    with torch.device("meta"):
        network = spec.build(1, 10, (28, 28), spec.presets[0])
        assert isinstance(network, HoldsCapsules)
        assert network.capsules(torch.rand(2, 1, 28, 28)).shape[:2] == (2, 10)
