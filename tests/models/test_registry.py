import re

import pytest

from runbench.errors import RegistrationError
from runbench.models import registry
from runbench.models.catalog import CATALOG
from runbench.models.registry import UnknownModelError, get_model, register_model, registered_models

pytestmark = pytest.mark.usefixtures("own_registries")


def names():
    return [spec.name for spec in registered_models()]


def test_the_catalog_is_registered_in_its_order():
    assert names() == [spec.name for spec in CATALOG]


@pytest.mark.parametrize(
    ("pattern", "there"), [("*capsnet*", "capsnet-augmented"), ("stn", "stn"), ("p4*", "p4cnn"), ("none*", None)]
)
def test_models_are_found_by_a_pattern(pattern, there):
    found = [spec.name for spec in registered_models(pattern)]
    assert found == [name for name in names() if re.fullmatch(pattern.replace("*", ".*"), name)]
    assert there is None or there in found


def test_the_decorator_registers_and_returns_the_builder():
    def build(in_channels, num_classes, image_size, preset):
        """Do little.

        And say more.
        """

    decorated = register_model("mine", regime="augmented", tags=("tiny",), options={"width": 2})(build)
    spec = get_model("mine")
    assert decorated is build
    assert (spec.builder, spec.regime, spec.architecture) == (build, "augmented", "mine")
    assert (spec.summary, spec.tags, spec.options) == ("Do little.", ("tiny", "plug-in"), {"width": 2})


def test_a_doubled_name_raises():
    with pytest.raises(RegistrationError, match="'baseline' is registered already"):
        register_model("baseline", regime="clean")(lambda *_: None)


@pytest.mark.parametrize(("name", "nearest"), [("capsnett", "capsnet"), ("STN", "stn"), ("augmentd", "augmented")])
def test_an_unknown_name_suggests_the_nearest(name, nearest):
    with pytest.raises(UnknownModelError, match=rf"did you mean {nearest}\b"):
        get_model(name)


def test_a_name_like_no_other_points_to_the_list():
    with pytest.raises(UnknownModelError, match="list models"):
        get_model("=cmd|' /C calc'!A0")


def test_a_network_of_timm_is_found_by_either_of_its_names_in_both_regimes(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: name)
    asked, stored = get_model("timm:resnet10t"), get_model("timm-resnet10t")
    assert asked == stored
    assert (asked.name, asked.regime, asked.options["name"]) == ("timm-resnet10t", "clean", "resnet10t")
    augmented = get_model("timm:resnet10t-augmented")
    assert (augmented.name, augmented.regime) == ("timm-resnet10t-augmented", "augmented")
    assert augmented.network == asked.network


def test_without_timm_its_networks_are_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UnknownModelError, match=r"pip install 'run-bench\[timm\]'"):
        get_model("timm:resnet10t")
