import pytest

from runbench.analysis.claims.claim import joint_verdict, verdict_of
from runbench.analysis.claims.definitions import CLAIMS, claims_numbered, needed
from runbench.analysis.claims.effects import Greatest, Inside, Predicted
from runbench.errors import UsageError
from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.models.registry import get_model
from runbench.suites import SUITES

MARGINS = {
    1: {"at most 0.0001"},
    2: {"at least 0.5 points"},
    3: {"at least 10 points"},
    4: {"at least 10 points"},
    5: {"at least 10 points", "at least 90 percent"},
    6: {"at least 10 points", "at most 0.9"},
    7: {"at least 0.5 points"},
    8: {"at least 0.9"},
    9: {"at most 0.05"},
    10: {"at least 0.05 R2"},
    11: {"at least 0.5 points"},
    12: {"at least 0.5 points"},
    13: {"at least 0.5 points"},
}
"""The margins as they are agreed on."""

TERMS = [term for claim in CLAIMS.values() for part in claim.parts for term in part.effect.terms]


def test_the_margins_are_those_agreed_on():
    assert {number: {part.bar for part in claim.parts} for number, claim in CLAIMS.items()} == MARGINS


def test_what_decides_is_there_to_be_measured():
    for term in TERMS:
        suite = SUITES[term.suite]
        assert "smoke" in get_model(term.model).presets
        if isinstance(term, Predicted):
            assert prediction_metrics()[term.metric].over == ("sweep" if term.level is None else "level")
            assert term.level is None or term.level in suite.levels
            assert term.level is None or term.level != suite.identity


def test_metrics_of_features_that_decide_carry_their_resamples_or_are_looked_through():
    looked_through = [
        part.effect.of for claim in CLAIMS.values() for part in claim.parts if isinstance(part.effect, Greatest)
    ]
    for term in TERMS:
        if isinstance(term, Inside):
            metric = feature_metrics()[term.metric]
            assert metric.resampled is (term not in looked_through)
            assert (metric.of == "network") is (term.layer == "")


def test_models_of_one_part_are_trained_in_one_regime_unless_that_is_what_it_asks():
    for claim in CLAIMS.values():
        for part in claim.parts:
            regimes = {get_model(model).regime for _, model in part.effect.suite_models}
            assert len(regimes) == 1 or claim.number == 5


def test_parts_are_told_apart():
    for claim in CLAIMS.values():
        names = [part.name for part in claim.parts]
        assert len(set(names)) == len(names)
        assert all(names) or names == [""]


@pytest.mark.parametrize("number", [7, 9, 10, 11, 12, 13])
def test_disputed_claims_say_who_disagrees(number):
    assert "Against" in CLAIMS[number].published


def test_a_suite_gets_the_models_that_its_claims_need_and_no_others():
    assert needed(claims_numbered([2, 13, 12])) == {
        "rotation": ("capsnet-augmented", "capsnet-uniform-augmented"),
        "translation": ("baseline", "cnn-stride"),
        "affine": ("capsnet-augmented", "capsnet-uniform-augmented"),
        "overlap": ("capsnet-augmented", "capsnet-uniform-augmented", "augmented"),
    }


def test_a_claim_that_there_is_not_is_refused_and_those_there_are_named():
    with pytest.raises(UsageError, match="there is no claim 14; there are 1 to 13"):
        claims_numbered([3, 14])


@pytest.mark.parametrize(
    ("low", "high", "direction", "verdict"),
    [
        (0.5, 0.9, "at least", "supported"),
        (0.4, 0.9, "at least", "undecided"),
        (0.1, 0.4, "at least", "refuted"),
        (0.1, 0.5, "at least", "undecided"),
        (0.1, 0.5, "at most", "supported"),
        (0.4, 0.9, "at most", "undecided"),
        (0.6, 0.9, "at most", "refuted"),
        (0.5, 0.9, "at most", "undecided"),
        (float("nan"), float("nan"), "at least", "undecided"),
    ],
)
def test_the_whole_interval_must_lie_on_one_side(low, high, direction, verdict):
    assert verdict_of(low, high, direction, 0.5) == verdict


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (("supported", "supported"), "supported"),
        (("supported", "refuted"), "refuted"),
        (("undecided", "refuted"), "refuted"),
        (("not tested", "refuted"), "refuted"),
        (("supported", "undecided"), "undecided"),
        (("supported", "not tested"), "undecided"),
        (("not tested", "not tested"), "not tested"),
    ],
)
def test_all_parts_must_support_a_claim_and_one_refutes_it(parts, verdict):
    assert joint_verdict(parts) == verdict
