import pytest

from fixtures.suite_tables import DEGREES, SHOWN, drawn, figure_of, of_model, one_level, right_by_level
from runbench.report.figures.axis.accuracy import accuracy


@pytest.mark.parametrize("model", SHOWN)
def test_the_curve_is_the_share_of_right_answers_at_each_level(degrees, model):
    rows = of_model(figure_of(accuracy, degrees).table, model)
    assert rows["level"].tolist() == list(DEGREES.levels)
    assert rows["value"].tolist() == pytest.approx(right_by_level(DEGREES, model))


def test_only_all_images_count(degrees):
    assert set(degrees.metrics["subset"]) > {"all"}
    assert len(figure_of(accuracy, degrees).table) == len(SHOWN) * len(DEGREES.levels)


def test_title_and_axis_name_what_counts_as_right(pairs):
    figure = figure_of(accuracy, pairs)
    assert figure.title == "Exact match against overlap"
    assert drawn(figure).axes[0].get_ylabel() == "exact match"
    assert "Share of test images in which both digits are found" in figure.caption


def test_the_caption_says_how_far_images_miss_their_level_where_that_is_measured(pairs, degrees):
    assert "Images cannot meet every level" in figure_of(accuracy, pairs).caption
    assert "cannot meet" not in figure_of(accuracy, degrees).caption


def test_one_level_is_no_curve(degrees):
    assert not list(accuracy(one_level(degrees)))
