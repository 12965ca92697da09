from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from fixtures.cells import UPRIGHT, cell_rows, model_rows, score_predictions
from fixtures.scores import LABELS, repeated, value
from fixtures.suites import SHIFT
from runbench.data.catalogue import Confusion
from runbench.metrics.registry import prediction_metrics
from runbench.store import files, schemas
from runbench.suites import SUITES

SUITES_HERE = dict(SUITES) | {SHIFT.name: SHIFT}
FURTHER = {name for suite in SUITES.values() for name in suite.further_metrics}


def scored(predicted, **options):
    rows = cell_rows(np.asarray(predicted), LABELS, SHIFT, **options)
    return score_predictions(rows, SUITES_HERE)


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


def test_the_half_level_is_in_the_units_of_the_axis():
    predicted = repeated(LABELS)
    predicted[:15, 3], predicted[:, 4] = (LABELS[:15] + 1) % 10, (LABELS + 1) % 10
    # From 1 at level 0 to 0.25 at level 2: half on the way, at 4/3 px.
    assert value(scored(predicted), "half_level") == pytest.approx(4 / 3)


def test_without_the_identity_nothing_is_compared_with_it():
    rows = cell_rows(repeated(LABELS), LABELS, replace(SHIFT, levels=(1.0, 2.0, 3.0, 4.0, 5.0)))
    names = set(score_predictions(rows, SUITES_HERE)["metric"])
    assert "mean_accuracy" in names
    assert names.isdisjoint({"identity_accuracy", "consistency", "kappa", "mean_consistency"})


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
