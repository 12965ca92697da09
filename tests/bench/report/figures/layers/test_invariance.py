import pytest

from fixtures.suite_tables import DEGREES, SHOWN, drawn, figure_of, one_level, stored, with_responses
from runbench.report.figures.layers.invariance import invariance
from runbench.report.figures.layers.profiles import MOST_MODELS


def test_rows_are_the_stored_distances_in_the_order_of_the_run(degrees):
    table = figure_of(invariance, degrees).table
    expected = {
        (row["model"], row["layer"], row["level"]): row["value"]
        for model in SHOWN
        for row in stored(DEGREES, model, "feature_distance")
    }
    places = zip(table["model"], table["layer"], table["level"], strict=True)
    assert dict(zip(places, table["value"], strict=True)) == pytest.approx(expected)
    assert list(dict.fromkeys(table["model"])) == list(SHOWN)


def test_models_beyond_the_first_stand_only_in_the_table(degrees):
    models = tuple(f"m{place:02}" for place in range(MOST_MODELS + 2))
    shown = figure_of(invariance, with_responses(degrees, models))
    assert shown.caption.endswith(f"Only in the table: {models[-2]} and {models[-1]}.")
    assert set(shown.table["model"]) == set(models)
    titles = [axes.get_title(loc="left") for axes in drawn(shown).axes]
    assert [title for title in titles if title] == list(models[:MOST_MODELS])


def test_a_set_or_a_single_level_has_no_map(degrees, images_set, pairs_set):
    for tables in (one_level(degrees), images_set, pairs_set):
        assert not list(invariance(tables))
