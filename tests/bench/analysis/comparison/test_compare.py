import math

import numpy as np
import pytest
from scipy import stats

from fixtures.comparison_runs import SAME, answers, store, without_rows
from fixtures.suites import BREAK, STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.analysis.comparison.rows import COMPARISON_COLUMNS
from runbench.analysis.comparison.unpaired import interval_p_value
from runbench.errors import ConflictError
from runbench.statistics import Estimate, difference_interval, estimate
from runbench.store.files import read_csv
from runbench.store.run import read_run
from runbench.store.tables import read_metrics, read_predictions

MODELS = ("baseline", "stn")


def interval(first: Estimate, second: Estimate) -> tuple[float, float, float]:
    """The difference with its bounds."""
    found = difference_interval(first, second)
    return found.value, found.low, found.high


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of two models that answer the same images, each network otherwise."""
    folder = tmp_path_factory.mktemp("results")
    first = [answers(suite, model, images=80) for suite in (TURN, BREAK, STREWN) for model in MODELS]
    second = [answers(suite, model, network=7, images=80) for suite in (TURN, BREAK, STREWN) for model in MODELS]
    # one model of one suite is much worse in B
    spoilt = second[1]
    worse = (spoilt["sample"] % 2 == 0) & spoilt["correct"]
    second[1] = spoilt.assign(correct=spoilt["correct"] & ~worse)
    return store(folder / "first", first), store(folder / "second", second)


@pytest.fixture(scope="module")
def compared(runs):
    return compare(*map(read_run, runs))


def rows_of(folder, suite, model, seed=0):
    rows = read_predictions(folder / "predictions" / suite / f"{model}-seed{seed}.parquet")
    return rows.set_index(["level", "sample"])["correct"].sort_index()


def swept(comparison):
    return comparison[comparison["level"].isna()].set_index(["suite", "model"])


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


def test_p_values_are_corrected_over_the_models_of_a_suite_and_level(compared):
    for _, family in compared.comparison.groupby(["suite", "level"], dropna=False):
        assert len(family) == len(MODELS)
        less, more = np.sort(family["p_value"])
        expected = [min(1, 2 * less), max(min(1, 2 * less), more)]
        assert np.sort(family["p_holm"]) == pytest.approx(expected)
        assert list(family["separated"]) == [p < 0.05 for p in family["p_holm"]]


def test_what_was_spoilt_separates(compared):
    sweeps = swept(compared.comparison)
    assert sweeps.loc[("turn", "stn"), "separated"]
    assert sweeps.loc[("turn", "stn"), "low"] > 0.2
    assert not sweeps.loc[("break", "stn"), "separated"]


def test_exchanging_the_runs_exchanges_the_signs(runs, compared):
    other = compare(read_run(runs[1]), read_run(runs[0])).comparison
    for column, opposite in (("difference", "difference"), ("low", "high"), ("high", "low")):
        assert other[column].to_numpy() == pytest.approx(-compared.comparison[opposite].to_numpy(), abs=1e-6)
    assert other["only_a"].equals(compared.comparison["only_b"].rename("only_a"))
    assert other["p_value"].to_numpy() == pytest.approx(compared.comparison["p_value"].to_numpy(), rel=1e-3)


@pytest.mark.parametrize("stored", ["with rows", "without rows"])
def test_a_run_does_not_differ_from_itself(stored, tmp_path):
    cells = [answers(suite, model, seed) for suite in (TURN, STREWN) for model in MODELS for seed in (0, 1)]
    folder = store(tmp_path / "first", cells)
    if stored == "without rows":
        without_rows(folder)
    compared = compare(read_run(folder), read_run(folder))
    rows = compared.comparison
    assert len(rows) == len(MODELS) * (2 * len(TURN.levels) + 2 + 2)
    assert (rows["difference"] == 0).all()
    assert (rows["value_a"] == rows["value_b"]).all()
    assert not rows["separated"].any()
    assert (rows["paired"] == (stored == "with rows")).all()
    assert compared.settings.empty
    assert (compared.costs["value_a"] == compared.costs["value_b"]).all()


def test_a_suite_on_other_images_is_left_out_with_the_reason(runs, tmp_path):
    parameters = SAME["test_images"] | {"turn": "other images"}
    other = store(
        tmp_path / "other", [answers(suite, "stn", network=3) for suite in (TURN, STREWN)], test_images=parameters
    )
    same = store(tmp_path / "same", [answers(suite, "stn") for suite in (TURN, STREWN)])
    compared = compare(read_run(same), read_run(other))
    assert set(compared.comparison["suite"]) == {"strewn"}
    assert compared.refused == {"turn": "the test images differ: the parameters have another sha256"}


@pytest.mark.parametrize(
    ("entries", "suite", "reason"),
    [
        ({"test_images": {}}, TURN, "the manifest of B does not say which test images were drawn"),
        ({"identity": SAME["identity"] | {"limit": 50}}, TURN, "--limit is none in A and 50 in B"),
        ({"identity": SAME["identity"] | {"data_sha256": "4"}}, TURN, "data is 0123 in A and 4 in B"),
        ({}, STREWN, "turn: B has no numbers for it"),
    ],
)
def test_where_no_suite_is_left_one_line_says_why(tmp_path, entries, suite, reason):
    first = store(tmp_path / "first", [answers(TURN, "stn")])
    second = store(tmp_path / "second", [answers(suite, "stn")], **entries)
    with pytest.raises(ConflictError) as refused:
        compare(read_run(first), read_run(second))
    message = str(refused.value)
    assert message.startswith("first and second have no suite that can be compared (turn: ")
    assert reason in message
    assert "\n" not in message
    assert refused.value.exit_code == 4


def test_other_levels_are_named(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn")])
    fewer = answers(TURN, "stn")
    second = store(tmp_path / "second", [fewer[fewer["level"] < 2]])
    with pytest.raises(ConflictError, match=r"turn: the levels differ: only A has 2\)"):
        compare(read_run(first), read_run(second))


def test_shared_seeds_are_pairs_and_others_are_left_out(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", seed) for seed in (0, 1, 2)])
    second = store(tmp_path / "second", [answers(TURN, "stn", seed, network=seed + 9) for seed in (1, 2, 5)])
    compared = compare(read_run(first), read_run(second))
    rows = compared.comparison
    levels = rows[rows["level"].notna()]
    assert set(zip(levels["seed_a"], levels["seed_b"], strict=True)) == {(1, 1), (2, 2)}
    areas = [
        [np.trapezoid(curve, curve.index) / 3 for seed in (1, 2)]
        for folder in (first, second)
        for curve in [sum(rows_of(folder, "turn", "stn", seed).groupby("level").mean() for seed in (1, 2)) / 2]
    ]
    assert swept(rows)["value_a"].tolist() == pytest.approx(areas[0][:1], abs=1e-8)
    assert swept(rows)["difference"].tolist() == pytest.approx([areas[0][0] - areas[1][0]], abs=1e-8)
    assert "Seed 0 of A has no counterpart and is left out: stn on turn." in compared.notes
    assert "Seed 5 of B has no counterpart and is left out: stn on turn." in compared.notes


def test_other_seeds_stand_side_by_side_in_their_order_and_it_is_said(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", seed) for seed in (4, 1)])
    second = store(tmp_path / "second", [answers(TURN, "stn", seed) for seed in (0, 2, 3)])
    compared = compare(read_run(first), read_run(second))
    levels = compared.comparison[compared.comparison["level"].notna()]
    assert set(zip(levels["seed_a"], levels["seed_b"], strict=True)) == {(1, 0), (4, 2)}
    assert levels["paired"].all()
    said = [note for note in compared.notes if "share no training seed" in note]
    assert len(said) == 1
    assert "(1 and 4 in A, 0, 2 and 3 in B)" in said[0]
    assert said[0].endswith("stn on turn.")
    assert "Seed 3 of B has no counterpart and is left out: stn on turn." in compared.notes


def test_models_of_one_run_alone_are_named(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, model) for model in MODELS])
    second = store(tmp_path / "second", [answers(TURN, model) for model in ("stn", "capsnet")])
    compared = compare(read_run(first), read_run(second))
    assert set(compared.comparison["model"]) == {"stn"}
    assert {"Only A has baseline: turn.", "Only B has capsnet: turn."} <= set(compared.notes)


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


def test_a_damaged_table_is_not_paired_and_named(runs, tmp_path):
    first = store(tmp_path / "first", [answers(TURN, model) for model in MODELS])
    damaged = first / "predictions" / "turn" / "stn-seed0.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    second = store(tmp_path / "second", [answers(TURN, model) for model in MODELS])
    compared = compare(read_run(first), read_run(second))
    assert compared.comparison.groupby("model")["paired"].all().to_dict() == {"baseline": True, "stn": False}
    assert any("stn-seed0.parquet is not the file" in n and "anew: stn on turn" in n for n in compared.notes)


def test_rows_of_other_images_than_the_manifest_says_are_not_paired(tmp_path):
    first = store(tmp_path / "first", [answers(TURN, "stn", images=60)])
    second = store(tmp_path / "second", [answers(TURN, "stn", images=50)])
    compared = compare(read_run(first), read_run(second))
    assert not compared.comparison["paired"].any()
    assert any("not of the same images" in note for note in compared.notes)


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


def test_neither_run_is_changed(runs):
    before = [{path: path.read_bytes() for path in run.rglob("*") if path.is_file()} for run in runs]
    compare(*map(read_run, runs))
    assert before == [{path: path.read_bytes() for path in run.rglob("*") if path.is_file()} for run in runs]


def test_a_suite_that_this_version_does_not_have_is_compared_all_the_same(runs, compared):
    strange = swept(compare(*map(read_run, runs)).comparison).loc["turn", "stn"]
    assert strange.to_dict() == pytest.approx(swept(compared.comparison).loc["turn", "stn"].to_dict(), nan_ok=True)
