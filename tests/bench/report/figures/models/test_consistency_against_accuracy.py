import numpy as np
import pytest

from fixtures.reports import drawn, figure_in
from runbench.store import files

SHOWN = ("baseline", "augmented", "stn-clean")


def test_consistency_is_shown_against_accuracy_with_and_without_what_was_wrong(section, once):
    summary = files.read_csv(once / "summary.csv").query("suite == 'turn'").set_index("model")
    figure = drawn(section, "consistency-against-accuracy")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["all images", "images right at the identity"]
    for axes, column in zip(figure.axes, ("mean_consistency", "mean_clean_correct_consistency"), strict=True):
        points = [line.get_xydata()[0] for line in axes.lines if line.get_marker() not in ("None", None, "")]
        assert np.array(points) == pytest.approx(summary[["mean_accuracy", column]].to_numpy())
    assert len(figure_in(section, "consistency-against-accuracy").table) == 2 * len(SHOWN)
