from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from fixtures.figures import measured, titles
from fixtures.suites import MODELS
from runbench import plots
from runbench.plots.features.poses import LEAST_SHARE
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


LOOKS = plots.styles_of(
    pd.DataFrame([(name, *both) for name, both in MODELS.items()], columns=["model", "architecture", "regime"])
)


def test_numbers_by_level_begin_at_0_and_hold_every_band():
    rows = pd.concat(
        [
            measured(name, "stn", "stn-clean").assign(title=name)
            for name in ("canonicalisation_error", "canonicalisation_image_error")
        ]
    )
    figure = plots.plot_numbers_by_level(rows, ROTATION, LOOKS)
    assert [axes.get_ylabel() for axes in figure.axes] == list(dict.fromkeys(rows["title"]))
    for axes in figure.axes:
        part = rows[rows["title"] == axes.get_ylabel()]
        assert axes.get_ylim()[0] == 0
        assert axes.get_ylim()[1] > part["high"].max()
        line = axes.get_lines()[0]
        assert line.get_ydata().tolist() == part.loc[part["model"] == "stn", "value"].tolist()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["stn", "stn-clean"]


def points_of(model, layers, x, y):
    bounds = {"x_low": np.nan, "x_high": np.nan, "y_low": np.subtract(y, 0.1), "y_high": np.add(y, 0.1)}
    return pd.DataFrame({"model": model, "layer": layers, "x": x, "y": y} | bounds)


def test_the_last_layer_is_filled_and_what_lies_far_below_stands_at_the_edge():
    points = points_of("capsnet", ["primary", "routing"], [0.9, 0.4], [0.8, -7.0])
    figure = plots.plot_pose_against_variance(points, points.head(0), LOOKS)
    (axes,) = figure.axes
    marks = [line for line in axes.get_lines() if line.get_marker() not in ("None", "")]
    assert [line.get_xydata()[0].tolist() for line in marks] == [[0.9, 0.8], [0.4, LEAST_SHARE]]
    filled = [to_rgb(line.get_markerfacecolor()) for line in marks]
    assert filled == [(1, 1, 1), pytest.approx(LOOKS["capsnet"].colour)]
    assert axes.get_ylim()[0] < LEAST_SHARE
    assert axes.get_xlim()[0] == 0


def test_learned_maps_stand_beside_only_where_there_are_some():
    points = points_of("baseline", ["penultimate"], [0.5], [0.3])
    assert len(plots.plot_pose_against_variance(points, points.head(0), LOOKS).axes) == 1
    both = plots.plot_pose_against_variance(points, points, LOOKS)
    assert len(both.axes) == 2
    assert both.axes[0].get_ylim()[0] == pytest.approx(-0.04)


def test_bars_are_the_shares_and_the_dashed_line_is_what_noise_reaches():
    shares = np.linspace(0.9, 0.1, 16)
    ranked = pd.DataFrame(
        {"model": "capsnet", "rank": range(1, 17), "value": shares, "low": np.nan, "high": np.nan, "floor": 0.25}
    )
    figure = plots.plot_linearity(pd.concat([ranked, ranked.assign(model="capsnet-augmented")]), LOOKS)
    first, second = (axes for axes in figure.axes if axes.get_visible())
    bars: Any = first.patches
    assert [bar.get_height() for bar in bars] == shares.tolist()
    assert [0.25, 0.25] in [list(line.get_ydata()) for line in second.get_lines()]
    assert titles(figure) == ["capsnet", "capsnet-augmented"]


def test_rows_are_left_as_they_were():
    rows = measured("feature_distance", "baseline")
    before = rows.copy()
    plots.plot_distance_maps(rows, ROTATION, "distance")
    pd.testing.assert_frame_equal(rows, before)
