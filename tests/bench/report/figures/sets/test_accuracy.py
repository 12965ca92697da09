from dataclasses import replace

import pytest

from fixtures.suite_tables import ON_SET, SHOWN, drawn, figure_of, of_model, predictions
from fixtures.suites import STREWN
from runbench.report.figures.sets.accuracy import accuracy


@pytest.mark.parametrize("model", SHOWN)
def test_images_and_their_digits_are_counted(pairs_set, model):
    table = of_model(figure_of(accuracy, pairs_set).table, model).set_index("series")["value"]
    rows = predictions(STREWN, model)
    found = [
        len({row["label"], row["label_2"]} & {row["predicted"], row["predicted_2"]}) / 2
        for row in rows.to_dict(orient="records")
    ]
    expected = {"exact match": rows["correct"].mean(), "recall per digit": sum(found) / len(found)}
    assert table.to_dict() == pytest.approx(expected)


@pytest.mark.parametrize("model", SHOWN)
def test_single_images_have_their_accuracy_alone(images_set, model):
    shown = figure_of(accuracy, images_set)
    (row,) = of_model(shown.table, model).to_dict(orient="records")
    assert row["series"] == "accuracy"
    assert row["value"] == pytest.approx(predictions(ON_SET, model)["correct"].mean())


def test_title_caption_and_axis_speak_of_digits_only_where_there_are_several(pairs_set, images_set):
    several, single = (figure_of(accuracy, tables) for tables in (pairs_set, images_set))
    assert several.title == "Exact match and recall per digit on the set"
    assert single.title == "Accuracy on the set"
    assert ["digits" in shown.caption for shown in (several, single)] == [True, False]
    assert drawn(several).axes[0].get_xlabel() == "share of images or digits"
    assert drawn(single).axes[0].get_xlabel() == "share of images"


def test_a_summary_without_rows_has_no_figure(pairs_set):
    assert not list(accuracy(replace(pairs_set, summary=pairs_set.summary.iloc[:0])))
