from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from runbench import plugins
from runbench.errors import RegistrationError
from runbench.metrics.metric import Column, Metric
from runbench.metrics.registry import (
    METRICS,
    feature_metrics,
    load_metrics,
    prediction_metrics,
    register_metric,
    summary_columns,
)

DEPTH = Metric(
    name="depth",
    title="depth",
    over="level",
    better="lower",
    definition="How deep it is.",
    averaged=True,
    columns=(Column(25, "depth"), Column(35, "depth, unambiguous", subset="unambiguous")),
)


pytestmark = pytest.mark.usefixtures("own_registries")


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Return a function that installs packages, each a module with this text."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}_plugin.py").write_text(f"from {__name__} import *\n{text}\n")
        points = [EntryPoint(name, f"{name}_plugin", "runbench.metrics") for name in texts]
        monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == "runbench.metrics" else [])

    return install


def test_a_metric_comes_with_its_mean_if_it_has_one():
    assert register_metric(DEPTH) is DEPTH
    assert (METRICS["depth"], METRICS["mean_depth"]) == (DEPTH, DEPTH.mean)
    register_metric(replace(DEPTH, name="height", averaged=False))
    assert "mean_height" not in METRICS


@pytest.mark.parametrize("taken", ["depth", "mean_depth"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_left_of_it(taken):
    register_metric(replace(DEPTH, name=taken, averaged=False))
    before = dict(METRICS)
    with pytest.raises(RegistrationError, match=f"a metric named '{taken}' is registered already"):
        register_metric(DEPTH)
    assert before == METRICS


def test_what_packages_bring_is_registered_once_however_often_it_is_loaded(installed):
    installed(outside="register_metric(DEPTH)")
    assert load_metrics() == load_metrics() == ()
    assert METRICS["depth"] is DEPTH


def test_a_package_that_fails_is_named_and_keeps_no_other_from_loading(installed):
    installed(
        broken="raise ImportError('no such module')",
        taken="register_metric(replace(DEPTH, name='accuracy'))",
        whole="register_metric(DEPTH)",
    )
    broken, taken = load_metrics()
    assert broken == "plug-in broken is broken: ImportError: no such module"
    assert taken.startswith("plug-in taken is broken: RegistrationError: a metric named 'accuracy'")
    assert METRICS["depth"] is DEPTH


def test_every_metric_is_listed_under_its_name_as_one_of_predictions_features_or_costs():
    register_metric(DEPTH)
    costs = {name for name, metric in METRICS.items() if metric.of == "cost"}
    listed = [*prediction_metrics(), *feature_metrics(), *costs]
    assert sorted(listed) == sorted(METRICS)
    assert all(name == metric.name for name, metric in METRICS.items())


def test_metrics_of_one_level_come_before_those_of_the_sweep():
    register_metric(DEPTH)
    overs = [metric.over for metric in prediction_metrics().values()]
    assert overs == sorted(overs)


def test_the_summary_shows_columns_in_their_order_and_subsets_under_names_of_their_own():
    register_metric(DEPTH)
    columns = summary_columns()
    orders = [column.order for _, column in columns.values()]
    assert orders == sorted(orders)
    assert list(columns).index("mean_depth") < list(columns).index("mean_depth_unambiguous")
    assert columns["mean_depth_unambiguous"] == (DEPTH.mean, DEPTH.columns[1])
    assert "depth" not in columns
    assert {metric.over for metric, _ in columns.values()} == {"sweep"}
