import numpy as np
import pytest

from fixtures.cells import cell_rows, model_rows, score_predictions
from fixtures.scores import LABELS, repeated, value
from fixtures.suites import SHIFT
from runbench.metrics.predictions.cell import cell_predictions
from runbench.metrics.predictions.label_sets import ATTAINED_BINS
from runbench.metrics.registry import prediction_metrics
from runbench.suites import SUITES
from runbench.tasks import LABEL_SET

SUITES_HERE = dict(SUITES) | {SHIFT.name: SHIFT}
FURTHER = {name for suite in SUITES.values() for name in suite.further_metrics}
SETS = [suite for suite in SUITES.values() if not suite.axis]


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


def test_pairs_agree_where_both_classes_do():
    rows = cell_rows(repeated(LABELS), LABELS, SHIFT)
    second = np.where(rows["level"] == 8.0, rows["sample"] % 3, 5)
    metrics = score_predictions(rows.assign(predicted_2=second.astype(np.int16)), SUITES_HERE)
    assert value(metrics, "consistency", level=-4.0) == 1
    assert value(metrics, "consistency", level=8.0) == 0
