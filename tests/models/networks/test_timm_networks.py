import subprocess
import sys

import pytest
import torch

from runbench.errors import RegistrationError
from runbench.models.conformance import check_shapes
from runbench.models.networks.timm_networks import build_timm, timm_spec


@pytest.fixture
def timm():
    return pytest.importorskip("timm")


def test_a_network_has_a_spec_in_each_regime():
    clean, augmented = timm_spec("resnet10t", "clean"), timm_spec("resnet10t", "augmented")
    assert (clean.name, augmented.name) == ("timm-resnet10t", "timm-resnet10t-augmented")
    assert (clean.regime, augmented.regime) == ("clean", "augmented")
    assert clean.network == augmented.network


def test_a_name_that_no_network_can_have_is_refused():
    with pytest.raises(RegistrationError, match="refused"):
        timm_spec("hf-hub:someone/something", "clean")


def test_the_spec_needs_neither_torch_nor_timm():
    code = (
        "import sys; from runbench.models.networks.timm_networks import timm_spec;"
        "timm_spec('resnet10t', 'clean');"
        "assert not {'torch', 'timm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_timm_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ModuleNotFoundError, match=r"timm:resnet10t needs the extra timm.*run-bench\[timm\]"):
        build_timm(1, 10, (28, 28), "smoke", name="resnet10t")


@pytest.mark.parametrize("name", ["resnet10t", "vit_tiny_patch16_224"])
@pytest.mark.parametrize(("channels", "size"), [(1, (28, 28)), (3, (40, 36))])
def test_networks_take_the_suites_images(timm, name, channels, size):
    model = timm_spec(name, "clean").build(channels, 7, size, "smoke").eval()
    with torch.inference_mode():
        assert model(torch.rand(2, channels, *size)).shape == (2, 7)


def test_weights_come_from_torchs_generator(timm):
    models = []
    for _ in range(2):
        torch.manual_seed(0)
        models.append(timm_spec("resnet10t", "clean").build(1, 10, (28, 28), "smoke"))
    first, second = (model.state_dict() for model in models)
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_network_conforms(timm):
    check_shapes(timm_spec("resnet10t", "clean"))


def test_an_unknown_network_is_refused(timm):
    with pytest.raises(RuntimeError, match="Unknown model"):
        build_timm(1, 10, (28, 28), "smoke", name="no_such_network")
