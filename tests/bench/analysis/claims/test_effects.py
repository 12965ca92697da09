import pytest

from runbench.analysis.claims.effects import Difference, Greatest, Inside, Mean, Predicted

FIRST = Predicted("rotation", "stn", "mean_accuracy")
SECOND = Predicted("rotation", "stn", "accuracy", 30.0)
OTHER = Predicted("scale", "baseline", "mean_accuracy")
DEEP = Inside("rotation", "stn", "dead_units", "(convolution)")


@pytest.mark.parametrize(
    ("effect", "terms"),
    [
        (Mean((FIRST, OTHER)), (FIRST, OTHER)),
        (Difference((FIRST, SECOND), (OTHER,)), (FIRST, SECOND, OTHER)),
        (Greatest(DEEP), (DEEP,)),
    ],
)
def test_an_effect_needs_all_its_terms_and_each_model_on_each_suite_once(effect, terms):
    assert effect.terms == terms
    assert effect.suite_models == tuple(dict.fromkeys((term.suite, term.model) for term in terms))


def test_terms_of_other_levels_and_layers_are_others():
    assert len({FIRST, SECOND, Predicted("rotation", "stn", "accuracy"), SECOND}) == 3
    assert Inside("rotation", "stn", "dead_units") != DEEP
