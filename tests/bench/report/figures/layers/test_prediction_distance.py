import pytest

from fixtures.suite_tables import DEGREES, ON_SET, SHOWN, figure_of, notes_of, of_model, one_level, stored
from runbench.report.figures.layers.prediction_distance import prediction_distance


@pytest.mark.parametrize("model", SHOWN)
def test_the_curve_is_the_stored_distance(degrees, model):
    rows = of_model(figure_of(prediction_distance, degrees).table, model)
    assert rows["level"].tolist() == list(DEGREES.levels)
    assert rows["value"].tolist() == pytest.approx(
        [row["value"] for row in stored(DEGREES, model, "prediction_distance")]
    )


def test_along_an_axis_nothing_is_said_beside_the_figure(degrees):
    assert not notes_of(prediction_distance, degrees)
    assert not list(prediction_distance(one_level(degrees)))


def test_of_a_set_the_distances_are_said(images_set):
    (said,) = prediction_distance(images_set)
    for model in SHOWN:
        (row,) = stored(ON_SET, model, "prediction_distance")
        assert f"{row['value']:.3f} for {model}" in said
