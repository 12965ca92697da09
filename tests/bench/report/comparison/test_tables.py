import math
import shutil

import pytest

from fixtures.comparison_runs import answers, measured, store
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.report.comparison.tables import costs_table, features_table, p_text, summary_table
from runbench.store.run import read_run


def test_verdicts_name_the_better_run(tmp_path):
    right = answers(TURN, "stn").assign(correct=True)
    wrong = right.assign(correct=False)
    first, second = store(tmp_path / "first", [right]), store(tmp_path / "second", [wrong])
    for pair, verdict in (((first, second), "A is higher"), ((second, first), "B is higher")):
        compared = compare(*map(read_run, pair))
        ((_, a, b, difference, _, said, apart),) = summary_table(
            compared.comparison, TURN, compared.matches["turn"]
        ).rows
        assert said.text == verdict
        assert {a.text, b.text} == {"100.0", "0.0"}
        assert difference.text.endswith("100.0 points")
        assert apart.text == "4 of 4"


@pytest.mark.parametrize(
    ("value", "written"), [(0.5, "0.500"), (0.0501, "0.050"), (0.0004, "< 0.001"), (math.nan, "\N{EN DASH}")]
)
def test_small_p_values_are_bounds(value, written):
    assert p_text(value) == written


def test_costs_stand_beside_each_other_with_the_change_in_percent(compared):
    costs = compared.costs.assign(value_a=300.0, value_b=200.0, ratio=1.5)
    assert {row[-1].text for row in costs_table(costs).rows} == {"+50.0%"}
    assert {row[2].text for row in costs_table(costs).rows} == {"300"}
    assert len(costs_table(costs).rows) == len(costs)


def test_a_run_of_other_measures_has_its_rows_all_the_same(tmp_path):
    folders = [store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second")]
    for folder in folders:
        measured(folder, [{"metric": "of another version", "dimension": 3, "value": 1e-7}])
    compared = compare(*map(read_run, folders))
    ((name, model, place, *_),) = features_table(compared.features).rows
    assert (name.text, model.text, place.text) == ("of another version", "stn", "the whole network, dimension 3")
    shutil.rmtree(folders[0] / "features")
    assert compare(*map(read_run, folders)).features.empty
