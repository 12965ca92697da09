import numpy as np
import pandas as pd

from fixtures.costs import history_rows
from fixtures.figures import labels
from fixtures.suites import MODELS
from runbench import plots


def test_training_has_a_panel_per_measure(styles):
    history = pd.concat([history_rows("rotation", model, seed) for model in MODELS for seed in (0, 1)])
    figure = plots.plot_training(history, styles)
    assert labels(figure) == {"epoch", "training loss", "validation accuracy"}
    drawn = figure.axes[0].get_lines()
    assert len(drawn) == len(MODELS)
    loss = history[(history["metric"] == "training loss") & (history["model"] == "stn")]
    np.testing.assert_allclose(drawn[2].get_ydata(), loss.groupby("epoch")["value"].mean())
