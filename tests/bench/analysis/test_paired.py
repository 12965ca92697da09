from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fixtures.cells import cell_rows, model_rows, scored
from fixtures.suites import SHIFT, STREWN
from runbench.analysis.paired import compare_models, model_ranks, sweep_pairs
from runbench.statistics import bootstrap_weights, percentile_interval, pooled_resamples
from runbench.store.schemas import COMPARISONS
from runbench.suites import SUITES

SUITES_HERE = dict(SUITES) | {suite.name: suite for suite in (SHIFT, STREWN)}


def rows_of(correct, model, seed=0, levels=SHIFT.levels):
    """Return prediction rows of a model whose answers are right as `correct` (n, L) says."""
    labels = np.arange(len(correct)) % 10
    predicted = np.where(correct, labels[:, np.newaxis], (labels[:, np.newaxis] + 1) % 10)
    return cell_rows(predicted, labels, replace(SHIFT, levels=tuple(levels)), model, seed)


def compared(*cells):
    return compare_models(scored(pd.concat(cells, ignore_index=True), SUITES_HERE))


@pytest.fixture(scope="module")
def predictions():
    models = ("baseline", "augmented", "stn-clean", "capsnet")
    rows = [model_rows(SHIFT, model, seed, images=90) for model in models for seed in (0, 1, 2)]
    return pd.concat([*rows, *(model_rows(STREWN, model, 0, images=50) for model in models[:2])])


@pytest.fixture(scope="module")
def comparisons(predictions):
    return compare_models(scored(predictions, SUITES_HERE))


def test_each_pair_has_a_row_per_seed_and_level_and_for_the_sweep(comparisons):
    assert list(comparisons.columns) == COMPARISONS.names
    shift = comparisons[comparisons["suite"] == "shift"]
    assert len(shift) == 6 * (3 * 5 + 3 + 1)
    assert not shift.duplicated(["model", "other", "seed", "level"]).any()
    assert set(shift.loc[shift["level"].isna(), "metric"]) == {"area_under_curve"}
    assert set(shift.loc[shift["level"].notna(), "metric"]) == {"accuracy"}
    assert sweep_pairs(comparisons).groupby("suite")["seeds"].unique().map(list).to_dict() == {
        "shift": [3],
        "strewn": [1],
    }


def test_a_set_is_compared_by_its_mean_accuracy(comparisons):
    (pair,) = sweep_pairs(comparisons[comparisons["suite"] == "strewn"]).to_dict(orient="records")
    assert (pair["metric"], pair["task"]) == ("mean_accuracy", "label-set")
    assert np.isnan(pair["seed_sd"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=9))
def test_levels_are_mcnemars_test_image_by_image(answers):
    correct = np.array(answers).reshape(-1, 2, 2)
    table = compared(*(rows_of(correct[:, place], name, levels=(0.0, 2.0)) for place, name in enumerate("ab")))
    for index, level in enumerate((0.0, 2.0)):
        (row,) = table[table["level"] == level].to_dict(orient="records")
        only_a = only_b = 0
        for first, second in correct[:, :, index]:
            only_a += first and not second
            only_b += second and not first
        assert (row["only_model"], row["only_other"]) == (only_a, only_b)
        assert row["difference"] == pytest.approx((only_a - only_b) / len(correct))
        assert row["low"] <= row["difference"] <= row["high"] or only_a + only_b == len(correct)
        tossed = only_a + only_b
        expected = stats.binomtest(only_a, tossed).pvalue if tossed else 1.0
        assert row["p_value"] == pytest.approx(expected)
        assert row["p_holm"] == row["p_value"]


def test_the_sweep_is_the_difference_of_the_scores_resamples(predictions, comparisons):
    shift = predictions[predictions["suite"] == "shift"]
    resamples = {
        (cell.model, cell.seed): cell.sweep["all", "area_under_curve"].values
        for cell in scored(shift, SUITES_HERE)
    }
    sweeps = comparisons[(comparisons["suite"] == "shift") & comparisons["level"].isna()]
    for row in sweeps.to_dict(orient="records"):
        seeds = (0, 1, 2) if np.isnan(row["seed"]) else (int(row["seed"]),)
        differences = [resamples[row["model"], seed] - resamples[row["other"], seed] for seed in seeds]
        expected = pooled_resamples(np.stack(differences))
        assert row["difference"] == pytest.approx(np.mean([of_seed[0] for of_seed in differences]))
        assert (row["low"], row["high"]) == pytest.approx(percentile_interval(expected[1:]))
        if len(seeds) > 1:
            assert row["seed_sd"] == pytest.approx(np.std([of_seed[0] for of_seed in differences], ddof=1))
        else:
            assert np.isnan(row["seed_sd"])
            assert row["resolvable"] == pytest.approx(2.83 * expected[1:].std(), rel=0.01)


def test_p_of_one_seed_agrees_with_a_paired_t_test(comparisons, predictions):
    area = np.array([1.5, 2, 1.5, 4, 3]) / 12
    correct = {
        cell.model: cell.correct
        for cell in scored(predictions[predictions["suite"] == "shift"], SUITES_HERE)
        if cell.seed == 0
    }
    rows = comparisons[(comparisons["suite"] == "shift") & comparisons["level"].isna()]
    for row in rows[rows["seed"] == 0].to_dict(orient="records"):
        per_image = [correct[row[name]] @ area for name in ("model", "other")]
        expected = stats.ttest_rel(*per_image).pvalue
        assert row["p_value"] == pytest.approx(expected, rel=0.5, abs=0.05)


def test_holm_is_over_the_pairs_of_a_suite_level_and_seed(comparisons):
    for _, rows in comparisons.groupby(["suite", "level", "seed"], dropna=False):
        smallest = rows["p_value"].min()
        assert rows["p_holm"].min() == pytest.approx(min(1.0, len(rows) * smallest))
        assert (rows["p_holm"] >= rows["p_value"]).all()
        assert (rows["separated"] == (rows["p_holm"] < 0.05)).all()


def test_a_model_and_itself_do_not_differ(predictions):
    rows = predictions[(predictions["suite"] == "shift") & (predictions["model"] == "baseline")]
    table = compared(rows, rows.assign(model="twin"))
    assert (table["difference"] == 0).all()
    assert (table["p_holm"] == 1).all()
    assert not table["separated"].any()
    assert table.loc[table["level"].isna(), "resolvable"].isna().all()
    assert (model_ranks(table)["rank"] == 1).all()


def test_the_order_of_models_turns_the_signs(predictions):
    first, second = (
        predictions[(predictions["suite"] == "shift") & (predictions["model"] == model)]
        for model in ("baseline", "capsnet")
    )
    table, turned = compared(first, second), compared(second, first)
    assert len(table) == 3 * 5 + 3 + 1
    assert (table["model"] == turned["other"]).all()
    for column, expected in (("difference", -turned["difference"]), ("low", -turned["high"])):
        assert table[column].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)
    for column in ("p_holm", "resolvable", "seed_sd"):
        assert table[column].to_numpy() == pytest.approx(turned[column].to_numpy(), nan_ok=True)


def test_other_images_or_levels_or_seeds_are_no_pair():
    right = np.ones((12, 5), dtype=bool)
    rows = rows_of(right, "a")
    other_images = rows_of(right, "b").assign(sample=lambda frame: frame["sample"] + 1)
    other_levels = rows_of(right, "c", levels=(-8.0, -1.0, 0.0, 2.0, 8.0))
    other_seed = rows_of(right, "d", seed=1)
    table = compared(rows, other_images, other_levels, other_seed)
    assert table.empty
    assert list(table.columns) == COMPARISONS.names
    assert model_ranks(table).empty


def test_models_of_unequal_seeds_are_compared_on_those_they_share():
    right = np.random.default_rng(0).random((4, 30, 5)) < 0.6
    cells = [rows_of(right[seed], "a", seed) for seed in (0, 1)] + [
        rows_of(right[2 + seed], "b", 1) for seed in (1,)
    ]
    table = compared(*cells)
    assert set(table["seed"].dropna()) == {1}
    pooled = sweep_pairs(table)
    assert pooled["seeds"].tolist() == [1]
    of_seed = table[table["level"].isna() & (table["seed"] == 1)]
    columns = ["difference", "low", "high", "p_value", "resolvable"]
    assert pooled[columns].to_numpy().tolist() == of_seed[columns].to_numpy().tolist()


def test_no_image_that_differs_still_leaves_the_smallest_difference_that_six_could_show():
    right = np.ones((40, 5), dtype=bool)
    table = compared(rows_of(right, "a"), rows_of(right, "b"))
    levels = table[table["level"].notna()]
    assert levels["resolvable"].to_numpy() == pytest.approx(2.8016 * np.sqrt(6) / 40, abs=1e-4)
    assert (levels["low"] < 0).all()


def test_seeds_that_disagree_widen_the_pooled_interval():
    weights = np.ones((60, 5), dtype=bool)
    good, bad = weights.copy(), weights.copy()
    good[:10], bad[:30] = False, False
    table = compared(
        *(rows_of(good, "a", seed) for seed in (0, 1, 2)),
        *(rows_of(answers, "b", seed) for seed, answers in enumerate((good, bad, bad))),
    )
    pooled = sweep_pairs(table).iloc[0]
    single = table[table["level"].isna() & (table["seed"] == 1)].iloc[0]
    assert single["separated"]
    assert not pooled["separated"]
    assert pooled["high"] - pooled["low"] > single["high"] - single["low"]


def test_ranks_count_the_models_that_are_significantly_better():
    pairs = [("a", "b", 0.2, True), ("a", "c", 0.3, True), ("b", "c", 0.1, False), ("c", "d", -0.4, True)]
    table = pd.DataFrame(pairs, columns=["model", "other", "difference", "separated"])
    table = table.assign(suite="shift", level=np.nan, seed=np.nan)
    elsewhere = table.assign(level=2.0, difference=-table["difference"], separated=True)
    found = model_ranks(pd.concat([table, elsewhere])).set_index("model")["rank"]
    assert found.to_dict() == {"a": 1, "b": 2, "c": 3, "d": 1}


def test_weights_are_those_of_the_summary():
    right = np.random.default_rng(1).random((2, 25, 5)) < 0.7
    table = compared(rows_of(right[0], "a"), rows_of(right[1], "b"))
    weights = bootstrap_weights(25)[1:]
    area = np.array([1.5, 2, 1.5, 4, 3]) / 12
    replicates = weights @ ((right[0].astype(float) - right[1]) @ area) / 25
    row = sweep_pairs(table).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(np.quantile(replicates, [0.025, 0.975]))
