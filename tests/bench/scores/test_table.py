import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench import records
from bench.scores import SCORES, score_predictions
from bench.scores.responses import responses_of
from bench.suites import SUITES
from tests.bench.synthetic import SHIFT, cell_rows, model_rows

SUITES_HERE = SUITES | {SHIFT.name: SHIFT}
LABELS = np.arange(20) % 10


def scored(predicted, levels=SHIFT.levels, **options):
    rows = cell_rows(np.asarray(predicted), LABELS, levels, suite="shift", **options)
    return score_predictions(rows, SUITES_HERE)


def value(metrics, score, subset="all", level=None):
    rows = metrics[(metrics["score"] == score) & (metrics["subset"] == subset)]
    rows = rows[rows["level"].isna()] if level is None else rows[rows["level"] == level]
    assert len(rows) <= 1
    return rows["value"].iloc[0] if len(rows) else None


def repeated(classes):
    return np.repeat(np.asarray(classes)[:, np.newaxis], len(SHIFT.levels), axis=1)


def test_a_perfect_model():
    metrics = scored(repeated(LABELS), confidence=np.ones((20, 5)))
    for score in SCORES.values():
        expected = {"accuracy_in_range": None}.get(score.name, 1.0 if score.better == "higher" else 0.0)
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


def test_confidence_of_scores_that_are_not_finite_may_be_nan():
    rows = cell_rows(repeated(np.full(20, -1)), LABELS, SHIFT.levels, suite="shift")
    metrics = score_predictions(rows.assign(confidence=np.float32("nan")), SUITES_HERE)
    assert value(metrics, "pooled_calibration_error") == 0


def test_the_columns_are_the_records():
    metrics = scored(repeated(LABELS))
    assert tuple(metrics.columns) == records.METRICS_COLUMNS
    assert not metrics.drop(columns="level").isna().any(axis=None)
    assert set(metrics["score"]) <= set(SCORES)
    assert (metrics["low"] <= metrics["value"]).all()
    assert (metrics["value"] <= metrics["high"]).all()


def test_levels_and_sweeps_are_told_apart_by_the_level():
    metrics = scored(repeated(LABELS))
    for name, rows in metrics.groupby("score"):
        assert rows["level"].isna().all() == (SCORES[name].over == "sweep")


def test_accuracy_has_a_wilson_interval():
    predicted = repeated(LABELS)
    predicted[:6, 3] = (LABELS[:6] + 1) % 10
    metrics = scored(predicted)
    row = metrics[(metrics["score"] == "accuracy") & (metrics["level"] == 2.0)].iloc[0]
    expected = stats.binomtest(14, 20).proportion_ci(method="wilson")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.7, expected.low, expected.high))
    assert row["count"] == 20


def test_a_share_of_images_is_never_certain():
    metrics = scored(repeated((LABELS + 1) % 10))
    row = metrics[metrics["score"] == "worst_orbit_accuracy"].iloc[0]
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
    inside = np.broadcast_to(np.abs(SHIFT.levels) <= 2, (20, 5))
    metrics = scored(predicted, in_range=inside)
    assert value(metrics, "accuracy_in_range") == 1
    assert value(metrics, "accuracy_out_of_range") == 0.5


def test_unambiguous_rows_are_scored_apart_only_where_some_are_ambiguous():
    predicted = repeated(LABELS)
    predicted[LABELS == 6, 4] = 9
    ambiguous = np.zeros((20, 5), dtype=bool)
    assert set(scored(predicted)["subset"]) == {"all"}
    ambiguous[LABELS == 6, 4] = True
    metrics = scored(predicted, ambiguous=ambiguous)
    assert value(metrics, "accuracy", level=8.0) == 0.9
    assert value(metrics, "accuracy", "unambiguous", level=8.0) == 1
    assert value(metrics, "worst_orbit_accuracy") == 0.9
    assert value(metrics, "worst_orbit_accuracy", "unambiguous") == 1
    assert value(metrics, "mean_consistency", "unambiguous") == 1


def test_a_single_level_has_no_steps_and_no_others():
    rows = cell_rows(LABELS[:, np.newaxis], LABELS, [0.0], suite="shift")
    names = set(score_predictions(rows, SUITES_HERE)["score"])
    assert "identity_accuracy" in names
    assert names.isdisjoint({"area_under_curve", "flip_probability", "flips_per_unit", "mean_consistency"})


def test_without_the_identity_nothing_is_compared_with_it():
    rows = cell_rows(repeated(LABELS), LABELS, [1.0, 2.0, 3.0, 4.0, 5.0], suite="shift")
    names = set(score_predictions(rows, SUITES_HERE)["score"])
    assert "mean_accuracy" in names
    assert names.isdisjoint({"identity_accuracy", "consistency", "kappa", "mean_consistency"})


def test_pairs_agree_where_both_classes_do():
    rows = cell_rows(repeated(LABELS), LABELS, SHIFT.levels, suite="shift")
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
    order = ["model", "level", "subset", "score"]
    pd.testing.assert_frame_equal(
        score_predictions(shuffled).sort_values(order, ignore_index=True),
        score_predictions(two_cells).sort_values(order, ignore_index=True),
    )


def test_cells_are_scored_as_each_on_its_own(two_cells):
    apart = [score_predictions(two_cells[two_cells["model"] == model]) for model in ("stn", "baseline")]
    pd.testing.assert_frame_equal(score_predictions(two_cells), pd.concat(apart, ignore_index=True))


def test_the_same_rows_give_the_same_bytes(two_cells, tmp_path):
    for name in ("first", "second"):
        records.write_csv(tmp_path / f"{name}.csv", score_predictions(two_cells))
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()


def test_the_input_is_not_written_to(two_cells):
    before = two_cells.copy(deep=True)
    score_predictions(two_cells)
    pd.testing.assert_frame_equal(two_cells, before)


def test_a_table_that_lacks_a_row_is_refused(two_cells):
    cell = two_cells[two_cells["model"] == "stn"]
    with pytest.raises(ValueError, match="each of its 40 images at each of its 24 levels"):
        responses_of(cell.iloc[1:])
    with pytest.raises(ValueError, match="961 rows"):
        responses_of(pd.concat([cell, cell.iloc[:1]]))
