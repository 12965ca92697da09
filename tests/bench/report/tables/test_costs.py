import pandas as pd
import pytest

from fixtures.costs import cost_rows
from runbench.metrics.registry import METRICS
from runbench.report.tables.costs import cost_title, costs_table
from runbench.report.tables.table import NOTHING, Entry


def test_a_row_is_a_model_on_a_machine():
    costs = pd.concat([cost_rows("turn", "stn"), cost_rows("turn", "stn").assign(threads=8, value=1.0)])
    table = costs_table(costs)
    assert [row[0] for row in table.rows] == [
        Entry("stn", "cpu, fp32, threads 2"),
        Entry("stn", "cpu, fp32, threads 8"),
    ]
    assert {cell.text for cell in table.rows[1][1:]} == {"1"}


def test_timed_costs_show_what_they_spread_over_and_at_which_batch_size():
    table = costs_table(cost_rows("turn", "stn"))
    ((_, *cells),) = table.rows
    shown = dict(zip(table.heading[1:], cells, strict=True))
    throughput, parameters = (METRICS[name].title for name in ("throughput", "parameters"))
    timed = shown[f"{throughput} (images/s), batch size 256"]
    low, high = (float(bound.replace(",", "")) for bound in timed.detail.split(" to "))
    value = float(timed.text.replace(",", ""))
    assert (low, high) == pytest.approx((0.93 * value, 1.1 * value), rel=0.01)
    assert shown[parameters] == Entry("101,500")


def test_what_a_model_was_not_measured_for_is_a_dash():
    costs = pd.concat([cost_rows("turn", "stn"), cost_rows("turn", "baseline").query("metric == 'latency'")])
    _, (_, *cells) = costs_table(costs).rows
    assert [cell.text == NOTHING for cell in cells].count(False) == 1


def test_a_cost_that_is_not_known_is_named_in_words():
    costs = pd.DataFrame([{"metric": "warm_up", "unit": "s"}])
    assert cost_title(costs, "warm_up") == "warm up (s)"
    assert cost_title(costs.assign(unit="count"), "warm_up") == "warm up"
