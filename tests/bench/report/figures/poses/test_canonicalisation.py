import numpy as np
import pytest

from fixtures.suite_tables import DEGREES, figure_of, one_level, stored, with_features, with_responses
from runbench.report.figures.poses.canonicalisation import canonicalisation
from runbench.report.figures.poses.rows import MOST_NAMED


def test_errors_are_those_of_models_that_choose_their_view(degrees):
    table = figure_of(canonicalisation, degrees).table
    assert set(table["model"]) == {"stn"}
    for metric in ("canonicalisation_error", "canonicalisation_image_error"):
        rows = table[table["metric"] == metric]
        assert rows["level"].tolist() == list(DEGREES.levels)
        assert rows["value"].tolist() == pytest.approx([row["value"] for row in stored(DEGREES, "stn", metric)])


def test_the_recovered_change_is_told_with_its_interval(degrees, pairs):
    shown = figure_of(canonicalisation, degrees)
    (row,) = stored(DEGREES, "stn", "recovered_correlation")
    assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}] for stn." in shown.caption
    kept = shown.table[shown.table["title"] == "correlation"]
    assert kept["value"].tolist() == pytest.approx([row["value"]])
    assert "Correlation" not in figure_of(canonicalisation, pairs).caption


def test_several_seeds_are_told_as_mean_and_range(degrees):
    shown = figure_of(canonicalisation, with_responses(degrees, ("stn",), seeds=(0, 1)))
    followed = [row["value"] for seed in (0, 1) for row in stored(DEGREES, "stn", "recovered_correlation", seed)]
    said = f"{np.mean(followed):.2f} ({min(followed):.2f} to {max(followed):.2f} over 2 seeds) for stn."
    assert said in shown.caption


def test_a_correlation_that_is_not_defined_is_said_to_be_not_known(degrees):
    rows = stored(DEGREES, "stn", "canonicalisation_error")
    (followed,) = stored(DEGREES, "stn", "recovered_correlation")
    undefined = followed | {"value": float("nan"), "low": -0.5, "high": 0.25}
    caption = figure_of(canonicalisation, with_features(degrees, [*rows, undefined])).caption
    assert "not known [\N{MINUS SIGN}0.50, 0.25] for stn." in caption


def test_a_change_that_no_matrix_undoes_has_an_error_of_the_image_alone(degrees):
    rows = stored(DEGREES, "stn", "canonicalisation_image_error")
    shown = figure_of(canonicalisation, with_features(degrees, rows))
    assert "Error of the image" in shown.caption
    assert "Error of the matrix" not in shown.caption


@pytest.mark.parametrize("more", [0, 1])
def test_of_many_models_the_first_are_named(degrees, more):
    rows = [
        row | {"model": f"stn{place}"}
        for place in range(MOST_NAMED + more)
        for metric in ("canonicalisation_error", "recovered_correlation")
        for row in stored(DEGREES, "stn", metric)
    ]
    caption = figure_of(canonicalisation, with_features(degrees, rows)).caption
    assert caption.count("] for stn") == MOST_NAMED
    assert ("(the others in the table)" in caption) == bool(more)


def test_models_that_choose_no_view_and_sets_have_no_figure(degrees, images_set):
    assert not list(canonicalisation(with_responses(degrees, ("baseline", "capsnet"))))
    assert not list(canonicalisation(one_level(degrees)))
    assert not list(canonicalisation(images_set))
