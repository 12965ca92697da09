from dataclasses import replace

import pytest

from fixtures.costs import cost_rows
from fixtures.suite_tables import DEGREES, SHOWN, figure_of, predictions
from runbench.report.figures.models.costs import COSTS_SHOWN, costs_against_accuracy


@pytest.mark.parametrize("model", SHOWN)
def test_each_cost_stands_against_mean_accuracy(degrees, model):
    table = figure_of(costs_against_accuracy, degrees).table
    rows = table[table["model"] == model]
    measured = cost_rows("degrees", model).set_index("metric")["value"]
    assert rows["metric"].tolist() == list(COSTS_SHOWN)
    assert rows["cost_value"].tolist() == pytest.approx([measured[name] for name in COSTS_SHOWN])
    accuracy = predictions(DEGREES, model).groupby("level")["correct"].mean().mean()
    assert rows["value"].tolist() == pytest.approx([accuracy] * len(rows))


def test_the_caption_names_the_device_or_that_there_is_none(degrees):
    assert "a model costs on cpu." in figure_of(costs_against_accuracy, degrees).caption
    unknown = replace(degrees, costs=degrees.costs.assign(device=None))
    assert "on a device not recorded." in figure_of(costs_against_accuracy, unknown).caption


@pytest.mark.parametrize(
    ("name", "words"), [("degrees", "Accuracy over the sweep"), ("strewn", "Exact match on the")]
)
def test_the_caption_says_what_accuracy_is_taken_over(every_kind, name, words):
    assert figure_of(costs_against_accuracy, every_kind[name]).caption.startswith(words)


def test_a_cost_that_was_not_measured_is_left_out(degrees):
    costs = degrees.costs.assign(value=degrees.costs["value"].where(degrees.costs["metric"] != "latency"))
    table = figure_of(costs_against_accuracy, replace(degrees, costs=costs)).table
    assert list(dict.fromkeys(table["metric"])) == [name for name in COSTS_SHOWN if name != "latency"]


def test_without_costs_or_accuracy_there_is_no_figure(degrees):
    assert not list(costs_against_accuracy(replace(degrees, costs=degrees.costs.iloc[:0])))
    assert not list(costs_against_accuracy(replace(degrees, summary=degrees.summary.iloc[:0])))
