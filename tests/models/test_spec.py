import dataclasses
import hashlib
import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from runbench.errors import RegistrationError
from runbench.models.base import LogitsClassifier
from runbench.models.recipes import REGIME_RECIPES, Recipe
from runbench.models.spec import ModelSpec


def build(in_channels, num_classes, image_size, preset, *, hidden=3):
    height, width = image_size
    assert preset == "smoke"
    layers = nn.Linear(in_channels * height * width, hidden), nn.Linear(hidden, num_classes)
    return nn.Sequential(nn.Flatten(), *layers)


def spec(**changes):
    fields = {"name": "mine", "builder": build, "regime": "clean", "architecture": "mine", "summary": ""}
    return ModelSpec(**{**fields, **changes})


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "/etc/passwd",
        "<script>",
        "=cmd",
        "two\nlines",
        "line\n",
        "x" * 300,
        "",
        ".hidden",
        "-flag",
        "Upper",
        "a b",
        "a/b",
        "a\\b",
        "é",
        "a\x00",
    ],
)
@pytest.mark.parametrize("field", ["name", "architecture"])
def test_hostile_names_are_refused_in_one_line(field, name):
    with pytest.raises(RegistrationError) as refusal:
        spec(**{field: name})
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize("name", ["cnn", "cnn-k9-average", "p4cnn", "v1.2_b", "x" * 64])
def test_plain_names_are_taken(name):
    assert spec(name=name).name == name


def test_an_unknown_regime_is_refused():
    with pytest.raises(RegistrationError, match="neither clean nor augmented"):
        spec(regime="dirty")


@pytest.mark.parametrize("builder", [None, 3, nn.Linear(1, 1)])
def test_a_builder_is_a_function_or_a_class(builder):
    with pytest.raises(RegistrationError, match="neither a function nor a class"):
        spec(builder=builder)


def test_a_recipe_with_other_images_is_refused():
    shared = REGIME_RECIPES["clean", "standard"]
    with pytest.raises(RegistrationError, match="same images"):
        spec(recipes={"standard": dataclasses.replace(shared, epochs=shared.epochs + 1)})


def test_a_recipe_with_another_optimiser_and_a_papers_own_are_taken():
    own = dataclasses.replace(REGIME_RECIPES["clean", "standard"], optimiser="sgd")
    paper = Recipe(epochs=3, batch_size=7)
    mine = spec(recipes={"standard": own, "paper": paper})
    assert mine.recipe("standard") is own
    assert mine.recipe("paper") is paper
    assert mine.recipe("smoke") is REGIME_RECIPES["clean", "smoke"]


def test_a_recipe_for_an_unknown_preset_is_refused():
    with pytest.raises(RegistrationError, match="no preset"):
        spec(recipes={"huge": Recipe(epochs=1)})


def test_any_module_is_built_into_a_classifier_with_its_options():
    model = spec(options={"hidden": 5}).build(1, 10, (4, 6), "smoke")
    assert isinstance(model, LogitsClassifier)
    assert model.network[1].weight.shape == (5, 24)


def test_a_builder_that_returns_no_module_is_told_so():
    with pytest.raises(TypeError, match=r"an nn\.Module, not NoneType"):
        spec(builder=lambda *_: None).build(1, 10, (28, 28), "smoke")


def test_regimes_of_one_network_share_its_address_and_options_part_them():
    assert spec(regime="augmented", name="other").network == spec().network
    assert spec(options={"hidden": 5}).network != spec().network


def test_the_source_is_the_hash_of_the_builders_file():
    assert spec().source == hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    assert spec(builder="runbench.models.networks.cnn:build_cnn").source == ""


def test_built_in_specs_cross_process_borders():
    builtin = spec(builder="runbench.models.networks.cnn:build_cnn", options={"a": 1})
    assert pickle.loads(pickle.dumps(builtin)) == builtin


def test_lazy_parts_have_their_weights_from_the_generator():
    def build(in_channels, num_classes, image_size, preset):
        return nn.Sequential(nn.LazyConv2d(2, 3), nn.Flatten(), nn.LazyLinear(num_classes))

    weights = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        network = spec(builder=build).build(3, 4, (8, 6), "smoke")
        assert network.training
        weights.append(network.network[2].weight.detach())
    assert weights[0].shape == (4, 2 * 6 * 4)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
