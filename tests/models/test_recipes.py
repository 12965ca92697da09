import itertools

import pytest

from runbench.models.catalog import CATALOG
from runbench.models.recipes import PRESETS, REGIME_RECIPES, REGIMES

BY_NAME = {spec.name: spec for spec in CATALOG}


def test_every_regime_has_a_recipe_for_every_preset():
    assert set(REGIME_RECIPES) == set(itertools.product(REGIMES, PRESETS))


@pytest.mark.parametrize("preset", ["smoke", "standard"])
@pytest.mark.parametrize("regime", REGIMES)
def test_within_a_regime_all_models_see_the_same_images(regime, preset):
    recipes = [spec.recipe(preset) for spec in CATALOG if spec.regime == regime]
    assert {(r.epochs, r.batch_size, r.shift) for r in recipes} == {REGIME_RECIPES[regime, preset].exposure}


@pytest.mark.parametrize("name", ["capsnet", "capsnet-augmented"])
def test_the_paper_recipe_of_capsules(name):
    recipe = BY_NAME[name].recipe("paper")
    assert (recipe.optimiser, recipe.learning_rate, recipe.weight_decay) == ("adam", 1e-3, 0.0)
    assert (recipe.schedule, recipe.decay, recipe.decay_steps) == ("exponential", 0.96, 2000)
    assert (recipe.batch_size, recipe.shift) == (128, 2)


@pytest.mark.parametrize("name", ["stn", "stn-clean", "baseline", "augmented"])
def test_the_paper_recipe_of_transformers_and_of_the_networks_beside_them(name):
    recipe = BY_NAME[name].recipe("paper")
    assert (recipe.optimiser, recipe.learning_rate, recipe.weight_decay) == ("sgd", 0.01, 0.0)
    assert (recipe.schedule, recipe.decay, recipe.decay_steps) == ("step", 0.1, 50_000)
    assert (recipe.batch_size, recipe.shift) == (256, 0)
