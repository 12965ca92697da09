import math

import pytest

from fixtures.comparison_runs import answers, store, swept, without_rows
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.analysis.comparison.unpaired import interval_p_value
from runbench.statistics import Estimate, difference_interval, estimate
from runbench.store.files import read_csv
from runbench.store.run import read_run
from runbench.store.tables import read_metrics


def interval(first: Estimate, second: Estimate) -> tuple[float, float, float]:
    """The difference with its bounds."""
    found = difference_interval(first, second)
    return found.value, found.low, found.high


@pytest.mark.parametrize("seeds", [(0,), (0, 1)])
def test_without_per_sample_rows_intervals_are_independent_and_it_is_said(tmp_path, seeds):
    first = store(tmp_path / "first", [answers(TURN, "stn", seed, images=200) for seed in seeds])
    others = [answers(TURN, "stn", seed, network=seed + 5, images=200) for seed in seeds]
    second = without_rows(store(tmp_path / "second", others))
    compared = compare(read_run(first), read_run(second))
    rows = compared.comparison
    assert not rows["paired"].any()
    assert rows[["only_a", "only_b", "resolvable"]].isna().all(axis=None)
    assert any(note.startswith("Not paired, because B was stored without per-sample") for note in compared.notes)
    (row,) = read_csv(first / "summary.csv").to_dict(orient="records")
    (other,) = read_csv(second / "summary.csv").to_dict(orient="records")
    expected = interval(estimate(row, "area_under_curve"), estimate(other, "area_under_curve"))
    (sweep,) = swept(rows).to_dict(orient="records")
    assert [sweep[column] for column in ("difference", "low", "high")] == pytest.approx(expected, abs=1e-8)
    levels = rows[rows["level"].notna()]
    wilson = {
        folder.name: read_metrics(folder / "metrics.parquet").query("metric == 'accuracy' and subset == 'all'")
        for folder in (first, second)
    }
    for level in levels.to_dict(orient="records"):
        a, b = (
            Estimate(
                *table.query(f"level == {level['level']} and seed == {level['seed_a']}").iloc[0][
                    ["value", "low", "high"]
                ]
            )
            for table in wilson.values()
        )
        assert [level[column] for column in ("difference", "low", "high")] == pytest.approx(interval(a, b))


@pytest.mark.parametrize(
    ("first", "second"), [((0.9, 0.87, 0.92), (0.8, 0.76, 0.83)), ((0.5, 0.46, 0.54), (0.52, 0.48, 0.56))]
)
def test_the_p_value_of_an_interval_is_below_a_twentieth_where_it_leaves_out_nothing(first, second):
    for pair in ((first, second), (second, first)):
        difference = difference_interval(*(Estimate(*one) for one in pair))
        assert (interval_p_value(difference) < 0.05) == (difference.low > 0 or difference.high < 0)


def test_the_p_value_of_an_interval_known():
    assert interval_p_value(Estimate(0.0, -0.1, 0.1)) == 1
    # two standard errors from 0, a normal distribution's tails beyond them
    assert interval_p_value(Estimate(2.0, 2 - 1.959964, 9.0)) == pytest.approx(0.0455, abs=1e-4)
    assert interval_p_value(Estimate(-2.0, -9.0, 1.959964 - 2)) == pytest.approx(0.0455, abs=1e-4)
    assert interval_p_value(Estimate(0.3, 0.3, 0.3)) == 0
    assert math.isnan(interval_p_value(Estimate(0.3, math.nan, math.nan)))
