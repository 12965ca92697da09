from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fixtures.costs import history_rows
from fixtures.suite_tables import SHOWN, drawn, figure_of
from runbench.report.figures.models.training import training


def test_every_epoch_of_every_model_is_in_the_table(degrees):
    table = figure_of(training, degrees).table
    expected = pd.concat([history_rows("degrees", model) for model in SHOWN])
    assert table["value"].tolist() == pytest.approx(expected["value"].tolist())
    assert table["epoch"].tolist() == expected["epoch"].tolist()


def test_each_measure_has_a_panel(degrees):
    written = {
        text
        for axes in drawn(figure_of(training, degrees)).axes
        for text in (axes.get_title(loc="left"), axes.get_ylabel())
    }
    assert {"training loss", "validation accuracy"} <= written


def test_what_is_not_finite_is_left_out(degrees):
    history = degrees.history.assign(value=degrees.history["value"].where(degrees.history["epoch"] > 2, np.inf))
    table = figure_of(training, replace(degrees, history=history)).table
    assert set(table["epoch"]) == {3, 4, 5, 6}
    assert not list(training(replace(degrees, history=history.assign(value=np.nan))))


def test_only_several_seeds_have_a_band(degrees):
    more = pd.concat([degrees.history, degrees.history.assign(seed=1)])
    assert "means over seeds" not in figure_of(training, degrees).caption
    assert "means over seeds" in figure_of(training, replace(degrees, history=more)).caption
