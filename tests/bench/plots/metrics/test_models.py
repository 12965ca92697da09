import numpy as np
import pandas as pd
import pytest

from fixtures.costs import cost_rows, history_rows
from fixtures.figures import curves_of, labels, legend
from fixtures.suites import MODELS
from runbench import plots
from runbench.analysis.summary import summarise
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


@pytest.fixture(scope="module")
def summary(metrics):
    return summarise(metrics, pd.concat([cost_rows("rotation", model) for model in MODELS]))


def test_long_scores_are_the_summarys(summary):
    scores = plots.long_scores(summary, {"mean_accuracy": "mean", "worst_orbit_accuracy": "worst"})
    assert scores["model"].tolist() == [model for model in MODELS for _ in range(2)]
    worst = scores[scores["series"] == "worst"].set_index("model")
    assert worst["value"].to_dict() == summary.set_index("model")["worst_orbit_accuracy"].to_dict()
    assert worst["low"].to_dict() == summary.set_index("model")["worst_orbit_accuracy_low"].to_dict()


def test_long_scores_leave_out_what_a_model_does_not_have(summary):
    lacking = summary.assign(mean_kappa=summary["mean_kappa"].where(summary["model"] != "stn"))
    assert "stn" not in set(plots.long_scores(lacking, {"mean_kappa": "kappa"})["model"])
    assert plots.long_scores(summary.head(0), {"mean_kappa": "kappa"}).empty


@pytest.mark.parametrize("plot", [plots.plot_range, plots.plot_side_by_side])
def test_points_show_the_scores(plot, summary, styles):
    scores = plots.long_scores(summary, {"worst_orbit_accuracy": "worst", "best_orbit_accuracy": "best"})
    figure = plot(scores, styles, "share of images")
    assert labels(figure) == {"share of images"}
    assert legend(figure) == ["worst", "best"]
    drawn = {float(line.get_xdata()[0]) for line in figure.axes[0].get_lines() if line.get_marker() != "None"}
    assert drawn == set(scores["value"])


def test_an_axis_begins_where_the_numbers_do(styles):
    scores = pd.DataFrame(
        {
            "model": ["stn", "baseline"],
            "series": "accuracy",
            "value": [0.97, 0.98],
            "low": [0.967, np.nan],
            "high": 1.0,
        }
    )
    left, right = plots.plot_zoomed(scores, styles, "accuracy").axes[0].get_xlim()
    assert 0.9 < left < 0.95
    assert right > 1


def test_frames_are_not_written_to(metrics, summary, styles):
    curves, scores = curves_of(metrics), plots.long_scores(summary, {"mean_accuracy": "mean"})
    history = history_rows("rotation", "stn")
    before = [frame.copy(deep=True) for frame in (metrics, summary, curves, scores, history)]
    plots.plot_by_level(curves, ROTATION, styles, "accuracy")
    plots.plot_around_circle(curves, ROTATION, styles, "accuracy")
    plots.plot_range(scores, styles, "accuracy")
    plots.plot_side_by_side(scores, styles, "accuracy")
    plots.plot_training(history, styles)
    for frame, copy in zip((metrics, summary, curves, scores, history), before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
