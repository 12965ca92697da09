from dataclasses import replace

import pandas as pd
import pytest

from fixtures.suite_tables import DEGREES, SHOWN, figure_of, of_model, predictions
from runbench.report.figures.axis.consistency import consistency


def answers(model):
    """The predicted classes: a row per image, a column per level."""
    return predictions(DEGREES, model).pivot_table(index="sample", columns="level", values="predicted")


@pytest.mark.parametrize("model", SHOWN)
def test_agreement_is_with_the_answer_at_the_identity_over_all_other_levels(degrees, model):
    table = of_model(figure_of(consistency, degrees).table, model).set_index("series")["value"]
    predicted = answers(model)
    same = predicted.drop(columns=0.0).eq(predicted[0.0], axis=0)
    right = predicted[0.0] == pd.Series(range(len(predicted))) % 10
    assert table["all images"] == pytest.approx(same.mean().mean())
    assert table["images right at the identity"] == pytest.approx(same[right].mean().mean())
    assert table["beyond chance (kappa)"] <= table["all images"] + 1e-9


@pytest.mark.parametrize(("name", "words"), [("degrees", "class"), ("cover", "pair of digits")])
def test_the_caption_names_the_kind_of_answer(every_kind, name, words):
    assert (
        f"How often the predicted {words} is the one predicted for"
        in figure_of(consistency, every_kind[name]).caption
    )


def test_a_summary_without_rows_has_no_figure(degrees):
    assert not list(consistency(replace(degrees, summary=degrees.summary.iloc[:0])))
