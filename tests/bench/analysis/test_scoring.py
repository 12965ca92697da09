from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fixtures.cells import UPRIGHT, cell_rows, model_rows, score_predictions
from fixtures.suites import SHIFT
from runbench.data.catalogue import Confusion
from runbench.metrics.predictions.cell import cell_predictions
from runbench.metrics.predictions.label_sets import ATTAINED_BINS
from runbench.metrics.registry import prediction_metrics
from runbench.store import files, schemas
from runbench.suites import SUITES
from runbench.tasks import LABEL_SET

SUITES_HERE = dict(SUITES) | {SHIFT.name: SHIFT}
LABELS = np.arange(20) % 10
FURTHER = {name for suite in SUITES.values() for name in suite.further_metrics}
SETS = [suite for suite in SUITES.values() if not suite.axis]


def scored(predicted, **options):
    rows = cell_rows(np.asarray(predicted), LABELS, SHIFT, **options)
    return score_predictions(rows, SUITES_HERE)


def value(metrics, score, subset="all", level=None):
    rows = metrics[(metrics["metric"] == score) & (metrics["subset"] == subset)]
    rows = rows[rows["level"].isna()] if level is None else rows[rows["level"] == level]
    assert len(rows) <= 1
    return rows["value"].iloc[0] if len(rows) else None


def repeated(classes):
    return np.repeat(np.asarray(classes)[:, np.newaxis], len(SHIFT.levels), axis=1)


def test_a_perfect_model():
    metrics = scored(repeated(LABELS), confidence=1.0)
    none = {"half_level", "relative_error", "relative_excess_error", "worst_of_ten_accuracy"}
    for score in prediction_metrics().values():
        if score.name.removeprefix("mean_") in FURTHER or "presence" in score.name:
            continue
        expected = None if score.name in none else 1.0 if score.better == "higher" else 0.0
        assert value(metrics, score.name, level=2.0 if score.over == "level" else None) == expected


def test_a_constant_model_is_consistent_and_knows_nothing():
    metrics = scored(repeated(np.full(20, 3)))
    assert value(metrics, "mean_consistency") == 1
    assert value(metrics, "mean_clean_correct_consistency") == 1
    assert value(metrics, "flip_probability") == 0
    assert value(metrics, "mean_accuracy") == pytest.approx(0.1)
    assert value(metrics, "worst_orbit_accuracy") == value(metrics, "best_orbit_accuracy") == pytest.approx(0.1)
    assert value(metrics, "mean_kappa") is None
    assert value(metrics, "kappa", level=2.0) is None
    assert value(metrics, "mean_right_to_wrong") == value(metrics, "mean_wrong_to_other_wrong") == 0
    assert value(metrics, "half_level") is None
    assert value(metrics, "mean_error") == pytest.approx(0.9)


def test_a_model_that_finds_all_classes_equally_probable():
    metrics = scored(repeated(np.full(20, 3)), confidence=0.1)
    assert value(metrics, "pooled_calibration_error") == pytest.approx(0, abs=1e-7)
    assert value(metrics, "pooled_equal_mass_calibration_error") == pytest.approx(0, abs=1e-7)
    assert value(metrics, "brier_score", level=2.0) == pytest.approx(0.9)
    assert value(metrics, "mean_negative_log_likelihood") == pytest.approx(np.log(10))


def test_a_model_that_is_never_right_has_no_clean_correct_consistency():
    metrics = scored(repeated((LABELS + 1) % 10))
    assert value(metrics, "mean_clean_correct_consistency") is None
    assert value(metrics, "mean_consistency") == 1


def test_scores_that_are_not_finite_are_wrong_and_agree_with_nothing():
    predicted = repeated(LABELS)
    predicted[:5] = -1
    metrics = scored(predicted)
    assert value(metrics, "accuracy", level=0.0) == 0.75
    assert value(metrics, "non_finite_share", level=0.0) == 0.25
    assert value(metrics, "mean_consistency") == 0.75
    assert value(metrics, "flip_probability") == 0.25


def test_scores_that_are_not_finite_have_equal_probabilities():
    rows = cell_rows(repeated(np.full(20, -1)), LABELS, SHIFT)
    for stored in (0.0, float("nan"), 1.0):
        lists = pd.Series(list(np.full((100, 10), stored, dtype=np.float32)))
        metrics = score_predictions(rows.assign(probabilities=lists), SUITES_HERE)
        assert value(metrics, "mean_brier_score") == pytest.approx(0.9)
        assert value(metrics, "mean_negative_log_likelihood") == pytest.approx(np.log(10))
    labels = np.stack([LABELS, (LABELS + 1) % 10], axis=1)
    of_pairs = cell_rows(np.full((20, 9, 2), -1), labels, SUITES["overlap"])
    metrics = score_predictions(of_pairs)
    assert value(metrics, "pooled_presence_calibration_error") == pytest.approx(0, abs=1e-7)
    assert value(metrics, "mean_brier_score") == pytest.approx(2 * 0.8**2 + 8 * 0.2**2)


def test_confidence_of_scores_that_are_not_finite_may_be_nan():
    rows = cell_rows(repeated(np.full(20, -1)), LABELS, SHIFT)
    metrics = score_predictions(rows.assign(confidence=np.float32("nan")), SUITES_HERE)
    assert value(metrics, "pooled_calibration_error") == 0


def test_the_columns_are_the_records():
    metrics = scored(repeated(LABELS))
    assert list(metrics.columns) == schemas.METRICS.names
    assert not metrics.drop(columns="level").isna().any(axis=None)
    assert set(metrics["metric"]) <= set(prediction_metrics())
    assert (metrics["low"] <= metrics["value"] + 1e-9).all()
    assert (metrics["value"] <= metrics["high"] + 1e-9).all()


def test_levels_and_sweeps_are_told_apart_by_the_level():
    metrics = scored(repeated(LABELS))
    for name, rows in metrics.groupby("metric"):
        assert rows["level"].isna().all() == (prediction_metrics()[name].over == "sweep")


def test_accuracy_has_a_wilson_interval():
    predicted = repeated(LABELS)
    predicted[:6, 3] = (LABELS[:6] + 1) % 10
    metrics = scored(predicted)
    row = metrics[(metrics["metric"] == "accuracy") & (metrics["level"] == 2.0)].iloc[0]
    expected = stats.binomtest(14, 20).proportion_ci(method="wilson")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.7, expected.low, expected.high))
    assert row["count"] == 20


def test_a_share_of_images_is_never_certain():
    metrics = scored(repeated((LABELS + 1) % 10))
    row = metrics[metrics["metric"] == "worst_orbit_accuracy"].iloc[0]
    expected = stats.binomtest(0, 20).proportion_ci(method="wilson")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0, expected.low, expected.high))


def test_unequal_levels_weigh_by_their_spacing():
    predicted = repeated(LABELS)
    predicted[:, 0] = (LABELS + 1) % 10
    metrics = scored(predicted)
    assert value(metrics, "mean_accuracy") == pytest.approx(4 / 5)
    assert value(metrics, "area_under_curve") == pytest.approx((3 / 2 + 9) / 12)
    assert value(metrics, "flip_probability") == pytest.approx(1 / 4)
    assert value(metrics, "flips_per_unit") == pytest.approx(1 / 12)


def test_range_parts_the_levels():
    predicted = repeated(LABELS)
    predicted[:, 4] = (LABELS + 1) % 10
    metrics = scored(predicted, model="augmented")
    assert value(metrics, "accuracy_in_range") == 1
    assert value(metrics, "accuracy_out_of_range") == 0.5


def test_unambiguous_rows_are_scored_apart_only_where_some_are_ambiguous():
    predicted = repeated(LABELS)
    predicted[LABELS == 6, 4] = 9
    assert set(scored(predicted)["subset"]) == {"all"}
    far = Confusion(SHIFT.transform, beyond=4.0, labels=(6,))
    metrics = scored(predicted, dataset=replace(UPRIGHT, confusions=(far,)))
    assert value(metrics, "accuracy", level=8.0) == 0.9
    assert value(metrics, "accuracy", "unambiguous", level=8.0) == 1
    assert value(metrics, "worst_orbit_accuracy") == 0.9
    assert value(metrics, "worst_orbit_accuracy", "unambiguous") == 1
    assert value(metrics, "mean_consistency", "unambiguous") == 1


def test_a_single_level_has_no_steps_and_no_others():
    rows = cell_rows(LABELS[:, np.newaxis], LABELS, replace(SHIFT, levels=(0.0,)))
    names = set(score_predictions(rows, SUITES_HERE)["metric"])
    assert "identity_accuracy" in names
    assert names.isdisjoint({"area_under_curve", "flip_probability", "flips_per_unit", "mean_consistency"})
    assert names.isdisjoint({"worst_orbit_accuracy", "mean_orbit_accuracy", "best_orbit_accuracy"})


@pytest.mark.parametrize("suite", SETS, ids=lambda suite: suite.name)
def test_a_set_has_no_score_that_needs_an_axis(suite):
    metrics = score_predictions(model_rows(suite, "baseline", images=40))
    everything = metrics[metrics["subset"] == "all"]
    of_pairs = {"mean_digit_recall", "presence_calibration_error", "pooled_presence_calibration_error"}
    assert set(everything["metric"]) - set(suite.further_metrics) - of_pairs == {
        "accuracy",
        "non_finite_share",
        "expected_calibration_error",
        "equal_mass_calibration_error",
        "brier_score",
        "negative_log_likelihood",
        "mean_accuracy",
        "mean_error",
        "accuracy_out_of_range",
        "pooled_calibration_error",
        "pooled_equal_mass_calibration_error",
        "mean_brier_score",
        "mean_negative_log_likelihood",
        "relative_error",
    }
    (level,) = suite.levels
    assert value(metrics, "mean_accuracy") == value(metrics, "accuracy", level=level)


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_only_pairs_are_asked_for_presence_and_only_long_sweeps_for_ten_levels(suite):
    names = set(score_predictions(model_rows(suite, "stn", images=20))["metric"])
    assert {name for name in names if "presence" in name} == (
        {"presence_calibration_error", "pooled_presence_calibration_error"} if suite.task == LABEL_SET else set()
    )
    assert ("worst_of_ten_accuracy" in names) == (len(suite.levels) > 10)
    assert not {name for name in names if name.startswith("relative_")}


def test_the_half_level_is_in_the_units_of_the_axis():
    predicted = repeated(LABELS)
    predicted[:15, 3], predicted[:, 4] = (LABELS[:15] + 1) % 10, (LABELS + 1) % 10
    # From 1 at level 0 to 0.25 at level 2: half on the way, at 4/3 px.
    assert value(scored(predicted), "half_level") == pytest.approx(4 / 3)


def test_further_metrics_are_given_where_they_are_asked_for():
    for suite in SUITES.values():
        names = set(score_predictions(model_rows(suite, "baseline", images=20))["metric"])
        means = {f"mean_{name}" for name in suite.further_metrics} & set(prediction_metrics())
        assert names & (FURTHER | {f"mean_{name}" for name in FURTHER}) == {*suite.further_metrics, *means}


def test_both_digits_of_a_pair_must_be_found_and_each_is_recalled():
    suite = SUITES["overlap"]
    rows = model_rows(suite, "baseline", images=50)
    metrics = score_predictions(rows)
    found = [
        len({row.label, row.label_2} & {row.predicted, row.predicted_2}) / 2
        for row in rows.itertuples(index=False)
    ]
    assert set(found) == {0, 0.5, 1}
    recall = rows.assign(found=found, both=np.equal(found, 1)).groupby("level")[["found", "both"]].mean()
    for level, expected in recall.iterrows():
        assert value(metrics, "digit_recall", level=level) == pytest.approx(expected["found"])
        assert value(metrics, "accuracy", level=level) == pytest.approx(expected["both"])
    assert value(metrics, "mean_digit_recall") == pytest.approx(recall["found"].mean())


def test_scores_that_are_not_finite_find_no_digit():
    labels = np.stack([LABELS, (LABELS + 1) % 10], axis=1)
    predicted = np.repeat(labels[:, np.newaxis], 9, axis=1)
    predicted[:5, 2] = -1
    rows = cell_rows(predicted, labels, SUITES["overlap"])
    metrics = score_predictions(rows)
    assert value(metrics, "digit_recall", level=0.2) == value(metrics, "accuracy", level=0.2) == 0.75
    assert value(metrics, "mean_digit_recall") == pytest.approx(1 - 0.25 / 9)
    assert not cell_predictions(rows.assign(finite=False)).recall.any()


def test_intact_auroc_compares_every_pair_of_images():
    suite = SUITES["parts-apart"]
    rows = model_rows(suite, "baseline", images=30)
    rows["confidence"] = (rows["confidence"] - 0.1 * rows["level"]).round(1).astype(np.float32)
    rows["ambiguous"] = False
    metrics = score_predictions(rows)
    at = {level: group["confidence"].to_numpy() for level, group in rows.groupby("level")}
    expected = {
        level: np.mean([(a > b) + 0.5 * (a == b) for a in at[suite.identity] for b in changed])
        for level, changed in at.items()
        if level != suite.identity
    }
    assert value(metrics, "intact_auroc", level=suite.identity) is None
    for level, area in expected.items():
        assert value(metrics, "intact_auroc", level=level) == pytest.approx(area)
    assert value(metrics, "mean_intact_auroc") == pytest.approx(np.mean(list(expected.values())))


def test_attained_level_is_that_of_the_images():
    rows = model_rows(SUITES["parts-exchange"], "baseline", images=30)
    metrics = score_predictions(rows)
    for level, attained in rows.groupby("level")["attained"].mean().items():
        assert value(metrics, "attained_level", level=level) == pytest.approx(attained, rel=1e-5)
    met = score_predictions(rows.assign(attained=np.float32("nan")))
    assert value(met, "attained_level", level=0.5) is None


def test_pairs_without_an_axis_are_parted_by_what_they_attain():
    rows = model_rows(SUITES["multimnist"], "baseline", images=200)
    rows = rows[~rows["attained"].between(0.4, 0.6)]
    metrics = score_predictions(rows)
    names = [f"attained {low:g} to {low + 0.2:g}" for low in (0, 0.2, 0.6, 0.8)]
    assert list(dict.fromkeys(metrics["subset"])) == ["all", *names]
    assert set(names) < set(ATTAINED_BINS)
    found = rows[["label", "label_2"]].astype(int).to_numpy()
    answers = rows[["predicted", "predicted_2"]].astype(int).to_numpy()
    rows = rows.assign(recall=[len({*a} & {*b}) / 2 for a, b in zip(found, answers, strict=True)])
    for name, (low, high) in zip(names, ((0, 0.2), (0.2, 0.4), (0.6, 0.8), (0.8, 1)), strict=True):
        inside = rows[rows["attained"].between(low, high)]
        assert value(metrics, "accuracy", name, level=4.0) == pytest.approx(inside["correct"].mean())
        assert value(metrics, "digit_recall", name, level=4.0) == pytest.approx(inside["recall"].mean())
        assert value(metrics, "attained_level", name, level=4.0) == pytest.approx(inside["attained"].mean())
        assert (metrics.loc[metrics["subset"] == name, "count"] == len(inside)).all()


def test_what_is_attained_parts_no_axis_and_no_set_that_meets_its_level():
    for suite in (SUITES["overlap"], SUITES["stn-r"]):
        metrics = score_predictions(model_rows(suite, "baseline", images=40))
        assert set(metrics["subset"]) == {"all"}


def test_without_the_identity_nothing_is_compared_with_it():
    rows = cell_rows(repeated(LABELS), LABELS, replace(SHIFT, levels=(1.0, 2.0, 3.0, 4.0, 5.0)))
    names = set(score_predictions(rows, SUITES_HERE)["metric"])
    assert "mean_accuracy" in names
    assert names.isdisjoint({"identity_accuracy", "consistency", "kappa", "mean_consistency"})


def test_pairs_agree_where_both_classes_do():
    rows = cell_rows(repeated(LABELS), LABELS, SHIFT)
    second = np.where(rows["level"] == 8.0, rows["sample"] % 3, 5)
    metrics = score_predictions(rows.assign(predicted_2=second.astype(np.int16)), SUITES_HERE)
    assert value(metrics, "consistency", level=-4.0) == 1
    assert value(metrics, "consistency", level=8.0) == 0


@pytest.fixture(scope="module")
def two_cells():
    return pd.concat(
        [model_rows(SUITES["rotation"], model, images=40) for model in ("stn", "baseline")], ignore_index=True
    )


def test_order_of_rows_does_not_matter(two_cells):
    shuffled = two_cells.iloc[np.random.default_rng(0).permutation(len(two_cells))]
    order = ["model", "level", "subset", "metric"]
    pd.testing.assert_frame_equal(
        score_predictions(shuffled).sort_values(order, ignore_index=True),
        score_predictions(two_cells).sort_values(order, ignore_index=True),
    )


def test_cells_are_scored_as_each_on_its_own(two_cells):
    apart = [score_predictions(two_cells[two_cells["model"] == model]) for model in ("stn", "baseline")]
    together = score_predictions(two_cells)
    against_another = (together["model"] == "stn") & together["metric"].str.startswith("relative_")
    assert against_another.any()
    alone = together[~against_another].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, pd.concat(apart, ignore_index=True))


def test_the_same_rows_give_the_same_bytes(two_cells, tmp_path):
    for name in ("first", "second"):
        files.write_csv(tmp_path / f"{name}.csv", score_predictions(two_cells))
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()


def test_the_input_is_not_written_to(two_cells):
    before = two_cells.copy(deep=True)
    score_predictions(two_cells)
    pd.testing.assert_frame_equal(two_cells, before)


def test_a_table_that_lacks_a_row_is_refused(two_cells):
    cell = two_cells[two_cells["model"] == "stn"]
    with pytest.raises(ValueError, match="each of its 40 images at each of its 24 levels"):
        cell_predictions(cell.iloc[1:])
    with pytest.raises(ValueError, match="961 rows"):
        cell_predictions(pd.concat([cell, cell.iloc[:1]]))
