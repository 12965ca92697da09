import pytest

from fixtures.suite_tables import DEGREES, ON_SET, drawn, figure_of, stored, with_features
from runbench.report.figures.layers.invariance_by_layer import invariance_by_layer


def values(tables, metric, model="stn"):
    table = figure_of(invariance_by_layer, tables).table
    return table[(table["metric"] == metric) & (table["model"] == model)]["value"].tolist()


@pytest.mark.parametrize(
    ("title", "metric"),
    [("normalised variance", "normalised_variance"), ("conditional firing ratio", "firing_ratio")],
)
def test_along_an_axis_it_is_the_orbit_that_is_told(degrees, title, metric):
    assert values(degrees, title) == pytest.approx([row["value"] for row in stored(DEGREES, "stn", metric)])


@pytest.mark.parametrize(
    ("title", "metric"), [("invariance error", "feature_distance"), ("pose decodability", "pose_decodability")]
)
def test_of_a_set_it_is_the_distance_and_the_pose(images_set, title, metric):
    assert values(images_set, title) == pytest.approx([row["value"] for row in stored(ON_SET, "stn", metric)])


def test_dead_units_stand_only_in_the_table(degrees):
    shown = figure_of(invariance_by_layer, degrees)
    assert "dead units" in set(shown.table["metric"])
    labels = {axes.get_xlabel() for axes in drawn(shown).axes} - {""}
    assert labels == {"normalised variance", "conditional firing ratio"}


def test_what_was_not_measured_is_not_told(degrees):
    variance = stored(DEGREES, "stn", "normalised_variance")
    shown = figure_of(invariance_by_layer, with_features(degrees, variance))
    assert set(shown.table["metric"]) == {"normalised variance"}
    assert "firing ratio" not in shown.caption
    assert not list(invariance_by_layer(with_features(degrees, stored(DEGREES, "stn", "dead_units"))))
