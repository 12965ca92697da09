from typing import Any

import numpy as np
import pandas as pd
import pytest

from fixtures.figures import shown, texts
from fixtures.shown import sample_arrays, transformer_arrays, turning
from fixtures.suites import COVER, TURN
from runbench import plots
from runbench.plots.images.strips import joined
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


LOOKS = plots.styles_of(
    pd.DataFrame({"model": ["stn", "stn-clean"], "architecture": "stn", "regime": ["augmented", "clean"]})
)


def test_the_output_stands_below_its_input():
    arrays, stored = sample_arrays(TURN), transformer_arrays(TURN, 4)
    passed = {"stn": stored["attended"][:2], "stn-clean": stored["attended"][:2][:, ::-1]}
    figure = plots.plot_attended_along_axis(arrays["images"][:2], arrays["levels"], np.array([7, 8]), passed, TURN)
    assert [axes.get_yticklabels()[0].get_text() for axes in figure.axes] == [
        *("label 7", "stn", "stn-clean"),
        *("label 8", "stn", "stn-clean"),
    ]
    assert (shown(figure.axes[4]) == joined(stored["attended"][1])).all()
    assert (shown(figure.axes[2]) == joined(stored["attended"][0, ::-1])).all()
    tops = [axes.get_position().y1 for axes in figure.axes]
    assert tops == sorted(tops, reverse=True)


def test_the_output_of_a_set_has_the_labels_below():
    arrays = sample_arrays(COVER)
    passed = {"stn": transformer_arrays(COVER, 4)["attended"][:, 0]}
    figure = plots.plot_attended(arrays["images"][:, 0], arrays["labels"], passed)
    assert texts(figure.axes[-1]) == ["0 3", "1 4", "2 5", "3 6"]


def test_learning_is_shown_from_before_training_to_the_last_epoch():
    stored = transformer_arrays(TURN, 1, epochs=30)
    figure = plots.plot_learning(stored["watched"], stored["attended_by_epoch"], stored["theta_epochs"])
    names = [axes.get_yticklabels()[0].get_text() for axes in figure.axes]
    assert names[:2] == ["input", "before training"]
    assert names[-1] == "epoch 30"
    assert len(names) == 5
    assert (shown(figure.axes[-1]) == joined(stored["attended_by_epoch"][30])).all()


def theta_rows(model, values):
    """Return rows of theta whose entries are `values` (E, B, 3, 3)."""
    place = np.indices(values.shape).reshape(4, -1)
    columns = {"model": model, "epoch": place[0], "image": place[1], "row": place[2] + 1, "column": place[3] + 1}
    table = pd.DataFrame(columns | {"value": values.ravel()})
    return table[table["row"] < 3]


def test_theta_has_a_panel_per_entry():
    values = np.random.default_rng(3).normal(size=(4, 5, 3, 3))
    figure = plots.plot_theta(pd.concat([theta_rows("stn", values), theta_rows("stn-clean", -values)]), LOOKS)
    assert len(figure.axes) == 6
    for (row, column), axes in zip(np.ndindex(2, 3), figure.axes, strict=True):
        dashed, first, second = axes.get_lines()
        assert set(dashed.get_ydata()) == {float(row == column)}
        assert first.get_ydata() == pytest.approx(values[:, :, row, column].mean(axis=1))
        assert second.get_ydata() == pytest.approx(-values[:, :, row, column].mean(axis=1))
        lines: Any = axes.collections[0]
        segments = np.array(lines.get_segments())
        assert pytest.approx(values[:, :, row, column]) == segments[..., 1].T


def recovered_rows(model, levels, value, spread=5.0):
    return pd.DataFrame(
        {"model": model, "level": levels, "value": value, "low": value - spread, "high": value + spread}
    )


def test_a_perfect_canonicaliser_lies_on_the_diagonal():
    levels = np.arange(-165.0, 181.0, 15.0)
    figure = plots.plot_recovered(recovered_rows("stn", levels, levels), ROTATION, LOOKS)
    diagonal, *_ = figure.axes[0].get_lines()
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    assert any(
        len(line.get_xdata()) == 24 and (line.get_ydata() == levels).all() for line in figure.axes[0].get_lines()
    )


def test_what_leaves_at_the_top_comes_back_at_the_foot():
    levels = np.arange(-165.0, 181.0, 15.0)
    figure = plots.plot_recovered(recovered_rows("stn", levels, 2 * levels), ROTATION, LOOKS)
    lines = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 24]
    for level, value in zip(levels, 2 * levels, strict=True):
        inside = (value + 180) % 360 - 180
        assert any(np.isclose(line.get_ydata()[line.get_xdata() == level], inside).any() for line in lines)


def test_turning_turns_back_what_a_glyph_shows():
    assert turning(90.0)[:2, :2] == pytest.approx(np.array([[0, 1], [-1, 0]]), abs=1e-6)
