import pytest

from fixtures.suite_tables import DEGREES
from runbench.report.figures.poses import rows

TITLES = {"canonicalisation_error": "of the matrix", "prediction_distance": "of the answers"}


def test_each_measure_keeps_its_rows_under_its_title(degrees):
    table = rows.titled(degrees, TITLES)
    counts = {title: int((table["title"] == title).sum()) for title in TITLES.values()}
    assert counts == {"of the matrix": len(DEGREES.levels), "of the answers": 3 * len(DEGREES.levels)}
    assert set(zip(table["metric"], table["title"], strict=True)) == set(TITLES.items())


def test_what_nobody_measured_has_no_rows_but_their_columns(degrees):
    table = rows.titled(degrees, {"nothing": "at all", "nothing_else": "either"})
    assert table.empty
    assert {"level", "value", "title"} <= set(table.columns)


def test_styles_are_told_of_the_models_that_have_rows(degrees):
    told = rows.styles(degrees, rows.titled(degrees, {"prediction_distance": "of the answers"}))
    assert told == "Colour is the architecture, line style the regime (clean, augmented)."
    assert rows.styles(degrees, rows.titled(degrees, {"canonicalisation_error": "of the matrix"})) == ""


@pytest.mark.parametrize("more", [0, 1, 5])
def test_of_many_models_the_first_are_told(more):
    told = rows.named({f"m{place}": f"{place} %" for place in range(rows.MOST_NAMED + more)})
    assert told.startswith("0 % for m0, 1 % for m1")
    assert told.count(" for ") == rows.MOST_NAMED
    assert told.endswith("(the others in the table)") == bool(more)
