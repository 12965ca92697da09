import pandas as pd
import pytest

from fixtures.reports import one_model
from fixtures.runs import write_run
from fixtures.suites import TURN
from runbench.plots import styles_of
from runbench.report.suite_tables import tables_of
from runbench.store.run import read_run


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The tables of a suite with three models of two seeds each."""
    models = ("baseline", "augmented", "stn")
    run = read_run(write_run(tmp_path_factory.mktemp("runs") / "run", models, (TURN,), (0, 1), images=20))
    return tables_of(run, TURN, styles_of(run.models), {})[0]


def test_curves_are_means_over_seeds_of_all_images(tables):
    curves = tables.curves("accuracy").set_index(["model", "level"])
    stored = tables.metrics.query("metric == 'accuracy' and subset == 'all' and level.notna()")
    expected = stored.groupby(["model", "level"], observed=True)["value"].agg(["mean", "min", "max"])
    for column, bound in (("value", "mean"), ("low", "min"), ("high", "max")):
        pd.testing.assert_series_equal(
            curves[column].sort_index(), expected[bound].sort_index(), check_names=False, check_index_type=False
        )
    assert set(curves["subset"]) == {"all"}


def test_some_models_alone_keep_their_styles_and_all_their_numbers(tables):
    only = tables.only(["stn", "baseline"])
    assert only.models["model"].tolist() == list(only.styles) == ["baseline", "stn"]
    assert only.styles["stn"] == tables.styles["stn"]
    assert only.metrics is tables.metrics
    assert list(tables.styles) == ["baseline", "augmented", "stn"]


def test_features_that_nobody_measured_are_an_empty_table(tmp_path):
    run = read_run(one_model(tmp_path / "small"))
    tables, _ = tables_of(run, TURN, styles_of(run.models), {})
    assert tables.measured("layer_invariance_error").empty
