import math

import numpy as np
import pytest
from scipy import stats

from fixtures.comparison_runs import MODELS, answers, rows_of, store, swept
from fixtures.suites import BREAK, STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.analysis.comparison.rows import COMPARISON_COLUMNS
from runbench.store.run import read_run


def test_p_values_at_a_level_are_those_of_a_binomial_test_of_the_images_that_one_run_alone_has_right(
    runs, compared
):
    rows = compared.comparison
    assert tuple(rows.columns) == COMPARISON_COLUMNS
    levels = rows[rows["level"].notna()]
    assert len(levels) == len(MODELS) * (len(TURN.levels) + len(BREAK.levels) + len(STREWN.levels))
    for row in levels.to_dict(orient="records"):
        of_a, of_b = (rows_of(folder, row["suite"], row["model"]) for folder in runs)
        level = min(of_a.index.levels[0], key=lambda level, row=row: abs(level - row["level"]))
        a, b = of_a[level].to_numpy(), of_b[level].to_numpy()
        assert (row["only_a"], row["only_b"]) == (np.sum(a > b), np.sum(b > a))
        discordant = int(row["only_a"] + row["only_b"])
        expected = stats.binomtest(int(row["only_a"]), discordant).pvalue if discordant else 1.0
        assert row["p_value"] == pytest.approx(expected)
        assert row["value_a"] == pytest.approx(a.mean(), abs=1e-8)
        assert row["value_b"] == pytest.approx(b.mean(), abs=1e-8)
        assert row["difference"] == pytest.approx(a.mean() - b.mean(), abs=1e-8)
        assert row["low"] < row["difference"] < row["high"]
        assert row["paired"]
        assert row["count"] == 80


def test_a_whole_sweep_is_compared_by_its_area_under_the_curve_and_a_set_by_its_share(runs, compared):
    sweeps = swept(compared.comparison)
    for suite in (TURN, BREAK, STREWN):
        for model in MODELS:
            row = sweeps.loc[suite.name, model]
            a, b = (rows_of(folder, suite.name, model).groupby("level").mean() for folder in runs)
            if suite.axis:
                span = a.index[-1] - a.index[0]
                expected = [np.trapezoid(curve, curve.index) / span for curve in (a, b)]
            else:
                expected = [a.mean(), b.mean()]
            assert row["metric"] == ("area_under_curve" if suite.axis else "mean_accuracy")
            assert [row["value_a"], row["value_b"]] == pytest.approx(expected, abs=1e-8)
            assert row["difference"] == pytest.approx(expected[0] - expected[1], abs=1e-8)
            assert row["low"] <= row["difference"] <= row["high"]
            assert (row["low"] < row["high"]) == (not (a == b).all())


def test_the_interval_over_a_sweep_is_that_of_drawing_images(runs, compared):
    row = swept(compared.comparison).loc["turn", "baseline"]
    levels = np.array(TURN.levels)
    stacked = [rows_of(folder, "turn", "baseline").to_numpy(float) for folder in runs]
    shares = [rows.reshape(len(levels), -1).T for rows in stacked]
    areas = np.trapezoid(shares[0] - shares[1], levels, axis=1) / (levels[-1] - levels[0])
    # The mean over images of a number that each image has: its standard error is known without drawing
    half = 1.96 * areas.std(ddof=1) / math.sqrt(len(areas))
    assert row["difference"] == pytest.approx(areas.mean(), abs=1e-8)
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=0.1)


def test_exchanging_the_runs_exchanges_the_signs(runs, compared):
    other = compare(read_run(runs[1]), read_run(runs[0])).comparison
    for column, opposite in (("difference", "difference"), ("low", "high"), ("high", "low")):
        assert other[column].to_numpy() == pytest.approx(-compared.comparison[opposite].to_numpy(), abs=1e-6)
    assert other["only_a"].equals(compared.comparison["only_b"].rename("only_a"))
    assert other["p_value"].to_numpy() == pytest.approx(compared.comparison["p_value"].to_numpy(), rel=1e-3)


def test_rows_of_other_images_than_the_manifest_says_are_not_paired(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", images=60)])
    second = store(tmp_path / "second", [answers(TURN, "stn", images=50)])
    compared = compare(read_run(first), read_run(second))
    assert not compared.comparison["paired"].any()
    assert any("not of the same images" in note for note in compared.notes)
