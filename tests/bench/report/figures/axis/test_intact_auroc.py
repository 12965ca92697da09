import numpy as np
import pytest

from fixtures.suite_tables import SHOWN, drawn, figure_of, of_model, one_level, predictions
from fixtures.suites import BREAK
from runbench.report.figures.axis.intact_auroc import CHANCE, intact_auroc


@pytest.mark.parametrize("model", SHOWN)
def test_the_area_is_how_often_an_intact_image_gets_more_confidence(pieces, model):
    rows = of_model(figure_of(intact_auroc, pieces).table, model)
    confidence = {
        level: part["confidence"].to_numpy() for level, part in predictions(BREAK, model).groupby("level")
    }
    intact = confidence.pop(BREAK.identity)
    expected = []
    for broken in confidence.values():
        more = intact[:, np.newaxis] - broken
        expected.append(((more > 0) + 0.5 * (more == 0)).mean())
    assert rows["level"].tolist() == list(confidence)
    assert rows["value"].tolist() == pytest.approx(expected)


def test_a_dashed_line_marks_chance(pieces):
    lines = drawn(figure_of(intact_auroc, pieces)).axes[0].get_lines()
    dashed = [line for line in lines if set(np.asarray(line.get_ydata(), dtype=float)) == {CHANCE}]
    assert [line.get_linestyle() for line in dashed] == ["--"]


@pytest.mark.parametrize("name", ["degrees", "cover"])
def test_suites_that_break_nothing_have_no_figure(every_kind, name):
    assert not list(intact_auroc(every_kind[name]))


def test_one_level_is_no_curve(pieces):
    assert not list(intact_auroc(one_level(pieces)))
