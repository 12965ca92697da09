import pytest
import torch
from torch import nn

from runbench.models.fingerprint import fingerprint, network_fingerprint
from runbench.models.registry import get_model
from runbench.training.train import OPTIMISERS

pytestmark = pytest.mark.usefixtures("own_registries")


def test_a_helper_of_a_built_in_network_counts_wherever_it_lies(monkeypatch):
    from runbench.models.layers import capsules

    before = network_fingerprint(get_model("capsnet"), 1, 10, (28, 28), "smoke")
    monkeypatch.setattr(capsules, "squash", lambda vectors: vectors)
    assert network_fingerprint(get_model("capsnet"), 1, 10, (28, 28), "smoke") != before


def test_an_installed_package_counts_by_its_version(monkeypatch):
    def build():
        return nn.Linear(1, 1)

    before = fingerprint(build(), build)
    monkeypatch.setattr("runbench.models.sources._version", lambda distribution: "0.0")
    assert fingerprint(build(), build) != before


def test_a_lambda_amid_a_table_counts_with_its_module():
    network = nn.Linear(2, 2)
    torch.nn.init.zeros_(network.weight)
    before = fingerprint(network, nn.Linear)
    vars(network)["rule"] = OPTIMISERS["adam"]
    assert fingerprint(network, nn.Linear) != before
