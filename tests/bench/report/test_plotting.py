"""One figure of a run or of an evaluation, by its name."""

from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import pytest

from fixtures.cells import model_rows
from fixtures.runs import write_introspection, write_run
from fixtures.suites import STREWN, TURN
from fixtures.synthetic_features import response_rows
from runbench.analysis.scoring import score_cell
from runbench.errors import UsageError
from runbench.report.plotting import plot
from runbench.store.run import read_run
from runbench.store.tables import features_table
from runbench.suites import Suite


@dataclass
class Cell:
    suite: Suite


@dataclass
class Evaluation:
    """What an evaluation of a network holds in memory."""

    cell: Cell
    scores: Any
    features: Any


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = write_run(tmp_path_factory.mktemp("results") / "two", ("baseline", "stn"), (TURN, STREWN), images=20)
    return read_run(write_introspection(folder, (TURN, STREWN)))


@pytest.fixture(scope="module")
def evaluation():
    scores = score_cell(model_rows(TURN, "baseline", images=20), TURN).table
    return Evaluation(Cell(TURN), scores, features_table(response_rows(TURN, "baseline")).to_pandas())


@pytest.mark.parametrize("name", ["accuracy", "orbit", "calibration", "consistency", "learning-stn", "attended"])
def test_figures_are_drawn_by_their_name(run, name):
    assert plot(run, name, "turn").axes


def test_one_name_fits_an_axis_and_a_set(run):
    axis, on_set = (plot(run, "accuracy", suite) for suite in ("turn", "strewn"))
    assert axis.axes[0].get_ylabel() == "accuracy"
    assert on_set.axes[0].get_xlabel().startswith("share of images")


def test_an_evaluation_is_drawn_like_a_run(evaluation):
    line = plot(evaluation, "accuracy").axes[0].get_lines()[0]
    accuracy = evaluation.scores.query("metric == 'accuracy' and subset == 'all'").sort_values("level")
    assert line.get_xdata().tolist() == accuracy["level"].tolist()
    assert line.get_ydata().tolist() == pytest.approx(accuracy["value"].tolist())
    assert plot(evaluation, "layers-invariance").axes
    with pytest.raises(UsageError, match="'samples' of the suite turn: it needs stored sample images with"):
        plot(evaluation, "samples")


def test_the_overview_is_of_all_suites(run, evaluation):
    heat_map = plot(run, "overview")
    texts = {text.get_text() for axes in heat_map.axes for text in (*axes.texts, *axes.get_yticklabels())}
    assert {"turn", "strewn (exact match)"} <= texts
    one = replace(run, summary=run.summary.query("suite == 'turn'"))
    for source in (evaluation, one):
        with pytest.raises(UsageError, match="nothing to draw as 'overview': it needs a run of several suites"):
            plot(source, "overview")


def test_what_cannot_be_drawn_says_why(run):
    with pytest.raises(UsageError, match="there is no figure 'acuracy'; there are accuracy, accuracy-circle"):
        plot(run, "acuracy", "turn")
    with pytest.raises(UsageError, match="'attained' of the suite turn: it needs a suite without an axis"):
        plot(run, "attained", "turn")
    with pytest.raises(UsageError, match="'learning-capsnet' of the suite turn: there are learning-stn"):
        plot(run, "learning-capsnet", "turn")
    with pytest.raises(UsageError, match="'intact-auroc' of the suite turn: what it shows is not stored"):
        plot(run, "intact-auroc", "turn")


def test_the_suite_is_named_where_there_are_several(run):
    with pytest.raises(UsageError, match="the run two: of which suite is it to be drawn"):
        plot(run, "accuracy")
    with pytest.raises(UsageError, match="the run two: it has no suite 'blur'; it has turn, strewn"):
        plot(run, "accuracy", "blur")


def test_settings_of_matplotlib_are_neither_read_nor_changed(run):
    plain = plot(run, "orbit", "turn").axes[0].yaxis.get_label().get_fontsize()
    with mpl.rc_context({"axes.labelsize": 30, "font.size": 40}):
        before = dict(mpl.rcParams)
        assert plot(run, "orbit", "turn").axes[0].yaxis.get_label().get_fontsize() == plain
        assert dict(mpl.rcParams) == before
