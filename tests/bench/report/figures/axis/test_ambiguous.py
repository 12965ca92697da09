from dataclasses import replace

import numpy as np
import pytest

from fixtures.suite_tables import DEGREES, SHOWN, figure_of, of_model, predictions
from runbench.report.figures.axis.ambiguous import ambiguous


@pytest.mark.parametrize("model", SHOWN)
def test_means_are_taken_with_and_without_ambiguous_images(degrees, model):
    table = of_model(figure_of(ambiguous, degrees).table, model).set_index("series")["value"]
    rows = predictions(DEGREES, model)
    known = rows[~rows["ambiguous"]]
    assert len(known) < len(rows)
    assert table["every image"] == pytest.approx(rows.groupby("level")["correct"].mean().mean())
    assert table["without ambiguous images"] == pytest.approx(known.groupby("level")["correct"].mean().mean())


def test_a_suite_in_which_no_label_becomes_ambiguous_has_no_figure(degrees):
    summary = degrees.summary.assign(mean_accuracy_unambiguous=np.nan)
    assert not list(ambiguous(replace(degrees, summary=summary)))
