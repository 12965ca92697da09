import numpy as np
import pytest

from fixtures.suite_tables import DEGREES, drawn, figure_of, stored, with_features, with_responses
from fixtures.synthetic_features import response_rows
from runbench.report.figures.poses.poses import poses

FLAT = {
    ("baseline", "penultimate"),
    ("stn", "penultimate"),
    ("capsnet", "primary (capsules)"),
    ("capsnet", "routing (capsules)"),
}


def points_of(axes):
    return {tuple(line.get_xydata()[0]) for line in axes.get_lines() if line.get_marker() not in ("None", "")}


def test_the_pose_stands_against_the_variance_of_the_same_layer(degrees):
    shown = figure_of(poses, degrees)
    assert set(zip(shown.table["model"], shown.table["layer"], strict=True)) == FLAT
    expected = {
        tuple(
            next(row["value"] for row in stored(DEGREES, model, measure) if row["layer"] == layer)
            for measure in ("normalised_variance", "pose_decodability")
        )
        for model, layer in FLAT
    }
    assert points_of(drawn(shown).axes[0]) == expected


def test_learned_maps_are_averaged_over_levels(degrees):
    rows = stored(DEGREES, "baseline", "learned_map")
    expected = (np.mean([row["floor"] for row in rows]), np.mean([row["value"] for row in rows]))
    axes = drawn(figure_of(poses, degrees)).axes[1]
    assert any(point == pytest.approx(expected) for point in points_of(axes))


def test_without_learned_maps_there_is_one_panel_and_no_left(degrees):
    rows = [row for row in response_rows(DEGREES, "capsnet") if row["metric"] != "learned_map"]
    shown = figure_of(poses, with_features(degrees, rows))
    assert shown.caption.startswith("How well a linear map")
    assert "Right:" not in shown.caption
    assert "learned-map equivariance" not in set(shown.table["metric"])


def test_last_layers_are_told_apart_only_where_a_model_has_several(degrees):
    words = "Filled: a model's last layer"
    assert words in figure_of(poses, degrees).caption
    assert words not in figure_of(poses, with_responses(degrees, ("baseline", "stn"))).caption


def test_several_seeds_are_told_as_range(degrees):
    caption = figure_of(poses, with_responses(degrees, ("stn", "capsnet"), seeds=(0, 1))).caption
    assert "from the lowest to the highest seed" in caption


def test_a_set_has_no_orbit_to_vary_along(images_set):
    assert not list(poses(images_set))
