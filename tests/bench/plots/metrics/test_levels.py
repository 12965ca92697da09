import numpy as np
import pandas as pd
import pytest

from fixtures.cells import model_rows, score_predictions
from fixtures.figures import curves_of, labels, legend
from fixtures.suites import BREAK, MODELS, SHIFT
from runbench import plots
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def test_curves_of_one_seed_are_the_metrics(metrics):
    curves = plots.curves_over_seeds(metrics, "accuracy")
    rows = metrics[(metrics["metric"] == "accuracy")]
    assert len(curves) == len(rows)
    merged = curves.merge(rows, on=["model", "subset", "level"])
    for part in ("value", "low", "high"):
        assert (merged[f"{part}_x"] == merged[f"{part}_y"]).all()


def test_curves_of_several_seeds_reach_from_the_lowest_to_the_highest():
    metrics = score_predictions(pd.concat([model_rows(ROTATION, "stn", seed, images=30) for seed in (0, 1, 2)]))
    curves = plots.curves_over_seeds(metrics, "accuracy")
    rows = metrics[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all")]
    by_level = rows.groupby("level")["value"]
    mine = curves[curves["subset"] == "all"].set_index("level")
    assert mine["value"].to_dict() == pytest.approx(by_level.mean().to_dict())
    assert mine["low"].to_dict() == by_level.min().to_dict()
    assert mine["high"].to_dict() == by_level.max().to_dict()
    assert (mine["seeds"] == 3).all()


def test_lines_show_the_curves(metrics, styles):
    curves = curves_of(metrics)
    figure = plots.plot_by_level(curves, ROTATION, styles, "accuracy")
    assert labels(figure) == {"accuracy", "rotation angle (degrees)"}
    assert legend(figure) == list(MODELS)
    for line, (model, style) in zip(figure.axes[0].get_lines(), styles.items(), strict=True):
        expected = curves[curves["model"] == model].sort_values("level")
        np.testing.assert_allclose(line.get_xdata(), expected["level"])
        np.testing.assert_allclose(line.get_ydata(), expected["value"])
        assert line.get_color() == style.colour


def test_the_strip_marks_what_training_saw(metrics, styles):
    metrics = score_predictions(
        pd.concat([model_rows(SHIFT, model, images=20) for model in ("stn", "baseline")]), {"shift": SHIFT}
    )
    figure = plots.plot_by_level(curves_of(metrics), SHIFT, styles, "accuracy")
    strip = figure.axes[1]
    assert [text.get_text() for text in strip.get_yticklabels()] == ["augmented training", "clean training"]
    assert list(strip.get_lines()[0].get_xdata()) == [-2, 2]
    assert list(strip.get_lines()[1].get_xdata()) == [0, 0]


def test_circles_close_where_the_levels_go_all_round(metrics, styles):
    figure = plots.plot_around_circle(curves_of(metrics), ROTATION, styles, "accuracy")
    assert [axes.get_title("center") for axes in figure.axes] == ["cnn", "stn", "capsnet"]
    for axes in figure.axes:
        for line in axes.get_lines():
            angle, radius = line.get_data()
            assert angle[-1] - angle[0] == pytest.approx(2 * np.pi)
            assert radius[-1] == radius[0]


def test_circles_stay_open_where_the_levels_do_not_go_round(metrics, styles):
    curves = curves_of(metrics)
    figure = plots.plot_around_circle(curves[curves["level"].abs() <= 90], ROTATION, styles, "accuracy")
    angle = figure.axes[0].get_lines()[0].get_xdata()
    assert angle[-1] - angle[0] == pytest.approx(np.pi)


def test_chance_is_a_line_and_the_strip_holds_the_identity(styles):
    curves = pd.DataFrame(
        {
            "model": "stn",
            "regime": "augmented",
            "level": [1 / 3, 1.0],
            "value": [0.6, 0.8],
            "low": 0.5,
            "high": 0.9,
        }
    )
    figure = plots.plot_beside_chance(curves, BREAK, styles, "AUROC", 0.5)
    lines, strip = figure.axes
    assert lines.get_lines()[-1].get_ydata() == [0.5, 0.5]
    assert lines.get_ylim() == (0, 1.02)
    assert list(strip.get_lines()[0].get_xdata()) == [0, 0.5]
