"""How far predictions and features of networks move whose answers are known."""

import pytest
from torch import nn

from fixtures.known_networks import FIRST, QUARTERS, constant, stack, symmetric
from runbench.evaluation.features.lie import SCORES
from runbench.evaluation.layers import PENULTIMATE
from runbench.suites import SUITES


def test_a_constant_model_is_invariant_and_worth_nothing(measured):
    rows = measured(stack(constant(nn.Conv2d(1, 3, 3, stride=3), 0.3)), levels=QUARTERS, count=60)
    assert [row["value"] for row in rows.all("prediction_distance")] == [0] * 5
    for layer in (FIRST, PENULTIMATE):
        assert rows.of("dead_units", layer)["value"] == 1
    for metric in ("feature_distance", "level_variance", "normalised_variance", "firing_ratio", "learned_map"):
        assert rows.all(metric) == []
    assert rows.of("pose_decodability", PENULTIMATE)["value"] == pytest.approx(0, abs=1e-9)
    assert rows.of("lie_derivative", SCORES)["value"] == 0


@pytest.mark.parametrize("suite", ["rotation", "scale", "parts-apart", "noise"])
def test_where_nothing_changes_nothing_moves(measured, suite):
    identity = SUITES[suite].identity
    last = SUITES[suite].levels[-1]
    rows = measured(stack(nn.Conv2d(1, 3, 5)), suite, levels=(identity, last), count=20)
    assert rows.of("prediction_distance", level=identity)["value"] == 0
    assert rows.of("prediction_distance", level=last)["value"] > 0
    for layer in (FIRST, PENULTIMATE):
        assert rows.of("feature_distance", layer, identity)["value"] == 0
        assert rows.of("feature_distance", layer, last)["value"] > 0.1
        assert rows.of("level_variance", layer, identity)["value"] == 0
    assert identity not in rows.levels("equivariance_error") + rows.levels("learned_map")


def test_a_global_average_is_invariant_to_quarter_turns_and_not_between(measured):
    layers = symmetric(nn.Conv2d(1, 5, 3, bias=False)), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
    rows = measured(stack(*layers), levels=QUARTERS)
    for level in (-90.0, 90.0, 180.0):
        assert rows.of("feature_distance", PENULTIMATE, level)["value"] < 1e-5
        assert rows.of("feature_distance", FIRST, level)["value"] > 0.3
        assert rows.of("prediction_distance", level=level)["value"] < 1e-6
        assert rows.of("level_variance", PENULTIMATE, level)["value"] < 1e-5
    assert rows.of("feature_distance", PENULTIMATE, 45.0)["value"] > 0.01
    assert rows.of("prediction_distance", level=45.0)["value"] > 1e-5
