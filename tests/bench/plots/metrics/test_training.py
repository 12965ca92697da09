import numpy as np
import pandas as pd
import pytest

from fixtures.synthetic import (
    MODELS,
    history_rows,
    model_rows,
    score_predictions,
)
from runbench import plots
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


@pytest.fixture(autouse=True)
def in_style():
    with plots.figure_style():
        yield


@pytest.fixture(scope="module")
def metrics():
    return score_predictions(pd.concat([model_rows(ROTATION, model, images=30) for model in MODELS]))


@pytest.fixture(scope="module")
def styles(metrics):
    return plots.styles_of(metrics)


def labels(figure):
    return {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel())} - {""}


def test_training_has_a_panel_per_measure(styles):
    history = pd.concat([history_rows("rotation", model, seed) for model in MODELS for seed in (0, 1)])
    figure = plots.plot_training(history, styles)
    assert labels(figure) == {"epoch", "training loss", "validation accuracy"}
    drawn = figure.axes[0].get_lines()
    assert len(drawn) == len(MODELS)
    loss = history[(history["metric"] == "training loss") & (history["model"] == "stn")]
    np.testing.assert_allclose(drawn[2].get_ydata(), loss.groupby("epoch")["value"].mean())
