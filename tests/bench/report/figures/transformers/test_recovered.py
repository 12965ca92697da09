from dataclasses import replace

import numpy as np
import pytest

from fixtures.shown import turning
from fixtures.suite_tables import DEGREES, figure_of, with_arrays
from runbench.metrics.features.angles import circular_correlations, turned_angles
from runbench.report.figures.transformers.recovered import recovered_against_applied, recovered_by_level

IDENTITY = DEGREES.levels.index(DEGREES.identity)


def test_the_recovered_angle_is_told_with_its_correlation(degrees):
    levels = np.array(DEGREES.levels)
    generator = np.random.default_rng(7)
    theta = turning(levels + 40 + generator.normal(0, 30, (60, 4)))
    shown = figure_of(recovered_against_applied, with_arrays(degrees, "stn", "theta", theta=theta))
    angles = turned_angles(theta.astype(float))
    recovered = angles - angles[:, [IDENTITY]]
    expected = float(circular_correlations(recovered, levels[None], np.ones((1, 60)))[0])
    assert f": {expected:.2f} for stn." in shown.caption
    assert shown.table["correlation"].tolist() == pytest.approx([expected] * 4)
    mean = np.degrees(np.angle(np.exp(1j * np.radians(recovered)).mean(axis=0)))
    assert np.cos(np.radians(shown.table["value"] - mean)).tolist() == pytest.approx([1] * 4)
    assert "circular mean over 60 images" in shown.caption


def test_a_transformer_that_does_not_react_has_no_correlation(degrees):
    still = with_arrays(degrees, "stn", "theta", theta=turning(np.full((20, 4), 33.0)))
    shown = figure_of(recovered_against_applied, still)
    assert "not defined for stn" in shown.caption
    assert shown.table["value"].tolist() == pytest.approx([0] * 4)


def test_a_mean_follows_on_without_a_jump_of_a_whole_turn():
    levels = np.array([-120.0, 0.0, 120.0, 240.0, 350.0])
    wrapped = (levels + 180) % 360 - 180
    table = recovered_by_level({"exact": np.tile(wrapped, (8, 1))}, levels, 0.0)
    assert table["value"].tolist() == pytest.approx(levels.tolist())
    assert table[["low", "high"]].to_numpy() == pytest.approx(np.stack([levels, levels], axis=1))


def test_a_band_holds_half_of_the_images():
    angles = np.array([0, 90]) + np.linspace(-40, 40, 9)[:, np.newaxis] * [0, 1]
    table = recovered_by_level({"stn": angles}, np.array([0.0, 90.0]), 0.0)
    assert table[["low", "value", "high"]].iloc[1].tolist() == pytest.approx([70, 90, 110])
    assert table["count"].tolist() == [9, 9]


@pytest.mark.parametrize("name", ["break", "cover", "strewn", "at-once"])
def test_angles_are_recovered_only_where_the_axis_is_a_full_turn(every_kind, name):
    assert not list(recovered_against_applied(every_kind[name]))


def test_a_full_turn_counts_in_degrees(degrees):
    turns = replace(degrees, suite=replace(DEGREES, period=4.0))
    assert not list(recovered_against_applied(turns))
