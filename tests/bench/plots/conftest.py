"""What every test of a plot has: the style, and the metrics of made-up models along one axis."""

import pandas as pd
import pytest

from fixtures.cells import model_rows, score_predictions
from fixtures.suites import MODELS
from runbench import plots
from runbench.suites import SUITES


@pytest.fixture(autouse=True)
def in_style():
    with plots.figure_style():
        yield


@pytest.fixture(scope="session")
def metrics():
    return score_predictions(pd.concat([model_rows(SUITES["rotation"], model, images=30) for model in MODELS]))


@pytest.fixture(scope="session")
def styles(metrics):
    return plots.styles_of(metrics)
