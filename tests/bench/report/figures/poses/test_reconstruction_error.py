import pytest

from fixtures.suite_tables import DEGREES, figure_of, one_level, stored, with_features, with_responses
from runbench.report.figures.poses.reconstruction_error import reconstruction_error
from runbench.report.figures.poses.rows import MOST_NAMED


def test_the_curve_is_the_stored_error_of_models_that_draw(degrees):
    table = figure_of(reconstruction_error, degrees).table
    rows = table[table["metric"] == "reconstruction_error"]
    assert rows["value"].tolist() == pytest.approx(
        [row["value"] for row in stored(DEGREES, "capsnet", "reconstruction_error")]
    )
    assert set(table["model"]) == {"capsnet"}


def test_ignored_pixels_are_told_by_level(degrees):
    shown = figure_of(reconstruction_error, degrees)
    shares = [row["value"] for row in stored(DEGREES, "capsnet", "reconstruction_ignored")]
    assert f"at a level of 0 and 60: {shares[0]:.1%} and {shares[1]:.1%} for capsnet." in shown.caption
    ignored = shown.table[shown.table["title"] == "ignored pixels"]
    assert ignored["value"].tolist() == pytest.approx(shares)


def test_pairs_are_drawn_digit_by_digit(degrees, pairs):
    words = "of each digit with its own drawing"
    assert words in figure_of(reconstruction_error, pairs).caption
    assert words not in figure_of(reconstruction_error, degrees).caption


def test_without_ignored_pixels_nothing_is_told_of_them(degrees):
    shown = figure_of(
        reconstruction_error, with_features(degrees, stored(DEGREES, "capsnet", "reconstruction_error"))
    )
    assert "Input pixels" not in shown.caption
    assert set(shown.table["metric"]) == {"reconstruction_error"}


@pytest.mark.parametrize("more", [0, 1])
def test_of_many_models_the_first_are_named(degrees, more):
    rows = [
        row | {"model": f"caps{place}"}
        for place in range(MOST_NAMED + more)
        for metric in ("reconstruction_error", "reconstruction_ignored")
        for row in stored(DEGREES, "capsnet", metric)
    ]
    caption = figure_of(reconstruction_error, with_features(degrees, rows)).caption
    assert caption.count("% for caps") == MOST_NAMED
    assert ("(the others in the table)" in caption) == bool(more)


def test_models_that_draw_nothing_and_sets_have_no_figure(degrees, images_set):
    assert not list(reconstruction_error(with_responses(degrees, ("baseline", "stn"))))
    assert not list(reconstruction_error(one_level(degrees)))
    assert not list(reconstruction_error(images_set))
