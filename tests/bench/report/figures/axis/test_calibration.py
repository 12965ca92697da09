import pytest

from fixtures.suite_tables import DEGREES, SHOWN, figure_of, of_model, one_level, predictions
from runbench.report.figures.axis.calibration import calibration


def error_of(rows, bins=15):
    """The mean over bins of confidence, weighted by images, of |accuracy - confidence|."""
    place = (rows["confidence"].astype(float) * bins).apply(lambda share: min(-int(-share // 1), bins))
    gaps = [abs(part["correct"].mean() - part["confidence"].mean()) * len(part) for _, part in rows.groupby(place)]
    return sum(gaps) / len(rows)


@pytest.mark.parametrize("model", SHOWN)
def test_errors_are_those_of_fifteen_equal_bins_at_each_level(degrees, model):
    shown = figure_of(calibration, degrees)
    expected = [error_of(rows) for _, rows in predictions(DEGREES, model).groupby("level")]
    assert of_model(shown.table, model)["value"].tolist() == pytest.approx(expected, abs=1e-6)
    assert "15 bins of equal width" in shown.caption


def test_the_caption_names_what_confidence_is_compared_with(degrees, pairs):
    assert "confidence and accuracy lie apart" in figure_of(calibration, degrees).caption
    assert "confidence and exact match lie apart" in figure_of(calibration, pairs).caption


def test_one_level_is_no_curve(degrees):
    assert not list(calibration(one_level(degrees)))
