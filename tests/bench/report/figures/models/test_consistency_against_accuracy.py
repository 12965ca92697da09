import numpy as np
import pandas as pd
import pytest

from fixtures.synthetic import STREWN, TURN, model_rows, scored, write_run
from runbench import plots
from runbench.analysis.paired import compare_models
from runbench.report.page import compose
from runbench.store import files
from runbench.store.run import read_run

KNOWN = {suite.name: suite for suite in (TURN, STREWN)}


SHOWN = ("baseline", "augmented", "stn-clean")


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A run of one training seed with its pairs of models."""
    folder = tmp_path_factory.mktemp("once") / "run"
    write_run(folder, SHOWN, tuple(KNOWN.values()), images=40)
    rows = [model_rows(suite, model, images=40) for suite in KNOWN.values() for model in SHOWN]
    files.write_csv(folder / "comparisons.csv", compare_models(scored(pd.concat(rows, ignore_index=True), KNOWN)))
    return folder


@pytest.fixture(scope="module")
def page(once):
    return compose(read_run(once))


@pytest.fixture(scope="module")
def section(page):
    return page.sections[0]


def figure_in(section, name):
    (found,) = [shown for shown in section.figures if shown.name == f"{section.suite.name}-{name}"]
    return found


def drawn(section, name):
    with plots.figure_style():
        return figure_in(section, name).draw()


def test_consistency_is_shown_against_accuracy_with_and_without_what_was_wrong(section, once):
    summary = files.read_csv(once / "summary.csv").query("suite == 'turn'").set_index("model")
    figure = drawn(section, "consistency-against-accuracy")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["all images", "images right at the identity"]
    for axes, column in zip(figure.axes, ("mean_consistency", "mean_clean_correct_consistency"), strict=True):
        points = [line.get_xydata()[0] for line in axes.lines if line.get_marker() not in ("None", None, "")]
        assert np.array(points) == pytest.approx(summary[["mean_accuracy", column]].to_numpy())
    assert len(figure_in(section, "consistency-against-accuracy").table) == 2 * len(SHOWN)
