import pytest

from fixtures.suite_tables import IMAGES, SHOWN, figure_of, of_model, predictions
from fixtures.suites import STREWN
from runbench.metrics.predictions.label_sets import ATTAINED_BINS
from runbench.report.figures.sets.attained import attained


def parts(model):
    """The answers by the range of what the images attain, those ranges that hold some."""
    rows = predictions(STREWN, model)
    for number, (low, high) in enumerate(ATTAINED_BINS.values(), start=1):
        inside = (rows["attained"] >= low) & ((rows["attained"] < high) | (number == len(ATTAINED_BINS)))
        if inside.any():
            yield f"{low:g} to {high:g}", rows[inside]


@pytest.mark.parametrize("model", SHOWN)
def test_images_are_parted_by_what_they_attain(pairs_set, model):
    table = of_model(figure_of(attained, pairs_set).table, model)
    exact = table[table["title"] == "exact match"]
    expected = dict(parts(model))
    assert exact["subset"].tolist() == list(expected)
    assert exact["count"].tolist() == [len(rows) for rows in expected.values()]
    assert exact["count"].sum() == IMAGES
    assert exact["value"].tolist() == pytest.approx([rows["correct"].mean() for rows in expected.values()])


def test_recall_stands_behind_the_exact_match(pairs_set):
    titles = figure_of(attained, pairs_set).table["title"]
    assert list(dict.fromkeys(titles)) == ["exact match", "recall per digit"]


def test_a_set_that_measures_nothing_attained_has_no_figure(images_set):
    assert not list(attained(images_set))
