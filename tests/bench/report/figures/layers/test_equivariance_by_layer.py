import pytest

from fixtures.suite_tables import DEGREES, ON_SET, drawn, figure_of, stored, with_features
from fixtures.synthetic_features import LAYERS, response_rows
from runbench.report.figures.layers.equivariance_by_layer import equivariance_by_layer


def test_of_the_exact_subset_the_greatest_error_counts(degrees):
    rows = response_rows(DEGREES, "stn")
    first, layer = (name for name, lattice in LAYERS["stn"] if lattice)
    worse = rows[0] | {"metric": "exact_equivariance_error", "layer": layer, "level": 60.0, "value": 0.7}
    table = figure_of(equivariance_by_layer, with_features(degrees, [*rows, worse])).table
    exact = table[table["metric"] == "error, exact subset"]
    assert list(zip(exact["layer"], exact["level"], exact["value"], strict=True)) == [
        (first, -90.0, 1e-7),
        (layer, 60.0, 0.7),
    ]


def test_of_a_set_the_error_stands_over_its_floor_with_its_bounds(images_set):
    table = figure_of(equivariance_by_layer, images_set).table
    over = table[(table["metric"] == "error over its floor") & (table["model"] == "capsnet")]
    rows = stored(ON_SET, "capsnet", "equivariance_error")
    for bound in ("value", "low", "high"):
        assert over[bound].tolist() == pytest.approx([row[bound] / row["floor"] for row in rows])


def test_along_an_axis_the_map_shows_the_ratio_and_not_this_figure(degrees):
    metrics = set(figure_of(equivariance_by_layer, degrees).table["metric"])
    assert metrics == {"error, exact subset", "relative LEE"}


def test_scores_come_last_among_the_layers(degrees):
    axes = drawn(figure_of(equivariance_by_layer, degrees)).axes[0]
    named = [text.get_text() for text in axes.get_yticklabels()]
    assert named == [*(layer for layer, lattice in LAYERS["cnn"] if lattice), "scores"]


def test_a_run_without_such_measures_has_no_figure(degrees):
    assert not list(equivariance_by_layer(with_features(degrees, stored(DEGREES, "stn", "feature_distance"))))
