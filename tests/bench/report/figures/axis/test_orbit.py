from dataclasses import replace

import pytest

from fixtures.suite_tables import DEGREES, SHOWN, figure_of, of_model, predictions
from runbench.report.figures.axis.orbit import orbit


@pytest.mark.parametrize("model", SHOWN)
def test_an_image_is_right_at_every_level_at_the_mean_one_and_at_one(degrees, model):
    table = of_model(figure_of(orbit, degrees).table, model).set_index("series")["value"]
    images = predictions(DEGREES, model).groupby("sample")["correct"]
    assert table.to_dict() == pytest.approx(
        {
            "right at every level (worst)": images.min().mean(),
            "mean over levels": images.mean().mean(),
            "right at one level at least (best)": images.max().mean(),
        }
    )


def test_a_run_of_several_seeds_says_so(degrees):
    summary = degrees.summary.assign(seeds=3)
    assert "40 images, means over 3 seeds" in figure_of(orbit, replace(degrees, summary=summary)).caption


def test_a_summary_without_rows_has_no_figure(degrees):
    assert not list(orbit(replace(degrees, summary=degrees.summary.iloc[:0])))
