import numpy as np
import pandas as pd
import pytest

from fixtures.cells import model_rows, score_predictions, scored
from fixtures.costs import cost_rows
from runbench.analysis.summary import summarise
from runbench.metrics.costs import COSTS
from runbench.metrics.registry import summary_columns
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


@pytest.fixture(scope="module")
def costs():
    return pd.concat([cost_rows("rotation", model) for model in ("stn", "baseline")], ignore_index=True)


@pytest.fixture(scope="module")
def predictions():
    return pd.concat(
        [
            model_rows(ROTATION, model, seed, images=40)
            for model, seeds in (("stn", (0, 1, 2)), ("baseline", (0,)))
            for seed in seeds
        ],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def metrics(predictions):
    return score_predictions(predictions)


def values(metrics, model, score, part="value"):
    rows = metrics[(metrics["model"] == model) & (metrics["metric"] == score) & (metrics["subset"] == "all")]
    return rows[part].to_numpy()


def test_a_row_per_model_in_the_order_of_the_metrics(metrics, costs):
    summary = summarise(metrics, costs)
    assert summary["model"].tolist() == ["stn", "baseline"]
    assert summary["seeds"].tolist() == [3, 1]
    assert summary["count"].tolist() == [40, 40]
    assert summary["regime"].tolist() == ["augmented", "clean"]


def test_one_seed_keeps_its_interval_and_has_no_deviation(metrics, costs):
    row = summarise(metrics, costs).iloc[1]
    for part, column in (("value", "mean_accuracy"), ("low", "mean_accuracy_low"), ("high", "mean_accuracy_high")):
        assert row[column] == values(metrics, "baseline", "mean_accuracy", part)[0]
    assert np.isnan(row["mean_accuracy_sd"])


def test_several_seeds_give_mean_and_deviation(metrics, costs):
    row = summarise(metrics, costs).iloc[0]
    across = values(metrics, "stn", "mean_accuracy")
    assert len(across) == 3
    assert row["mean_accuracy"] == pytest.approx(across.mean())
    assert row["mean_accuracy_sd"] == pytest.approx(across.std(ddof=1))
    assert np.isnan(row["mean_accuracy_low"])


def test_several_seeds_with_predictions_are_bounded_by_resampled_images(predictions, metrics, costs):
    row = summarise(metrics, costs, scored(predictions)).iloc[0]
    per_image = (
        predictions[predictions["model"] == "stn"].groupby("sample", observed=True)["correct"].mean().to_numpy()
    )
    rng = np.random.default_rng(0)
    means = [rng.choice(per_image, 40).mean() for _ in range(4000)]
    expected = np.quantile(means, [0.025, 0.975])
    assert (row["mean_accuracy_low"], row["mean_accuracy_high"]) == pytest.approx(tuple(expected), abs=4e-3)


def test_costs_stand_beside_the_scores(metrics, costs):
    row = summarise(metrics, costs).iloc[1]
    expected = costs[costs["model"] == "baseline"].set_index("metric")["value"]
    assert {name: row[name] for name in [cost.name for cost in COSTS]} == expected[
        [cost.name for cost in COSTS]
    ].to_dict()


def test_without_costs_they_are_null(metrics, costs):
    summary = summarise(metrics, costs.head(0))
    assert summary[[cost.name for cost in COSTS]].isna().all(axis=None)


def summary_of(suite, seeds):
    rows = pd.concat([model_rows(suite, "stn", seed, images=40) for seed in seeds], ignore_index=True)
    metrics = score_predictions(rows)
    return metrics, summarise(metrics, cost_rows(suite.name, "stn"), scored(rows)).iloc[0]


@pytest.mark.parametrize("seeds", [(0,), (0, 1)])
def test_a_set_leaves_empty_what_needs_an_axis(seeds):
    _, row = summary_of(SUITES["stn-r"], seeds)
    given = {"mean_accuracy", "accuracy_in_range", "pooled_calibration_error", "mean_brier_score"}
    assert {column for column in summary_columns() if not np.isnan(row[column])} == given
    assert all(np.isnan(row[f"{column}_low"]) for column in set(summary_columns()) - given)


@pytest.mark.parametrize(
    ("suite", "score"), [("multimnist", "mean_digit_recall"), ("parts-halves", "mean_intact_auroc")]
)
@pytest.mark.parametrize("seeds", [(0,), (0, 1)])
def test_further_metrics_are_summarised(suite, score, seeds):
    metrics, row = summary_of(SUITES[suite], seeds)
    assert row[score] == pytest.approx(values(metrics, "stn", score).mean())
    assert row[f"{score}_low"] <= row[score] <= row[f"{score}_high"]
    assert row["count"] == 40


def test_a_score_that_one_seed_lacks_has_no_mean():
    rows = pd.concat([model_rows(ROTATION, "baseline", seed, images=40) for seed in (0, 1)], ignore_index=True)
    metrics = score_predictions(rows)
    costs = cost_rows("rotation", "baseline")
    row = summarise(metrics, costs, scored(rows)).iloc[0]
    assert row["half_level"] == pytest.approx(values(metrics, "baseline", "half_level").mean())
    assert row["half_level_low"] <= row["half_level"] <= row["half_level_high"]
    lacking = metrics[(metrics["metric"] != "half_level") | (metrics["seed"] == 0)]
    assert np.isnan(summarise(lacking, costs, scored(rows)).iloc[0]["half_level"])


def test_without_metrics_there_are_no_rows_but_all_columns(metrics, costs):
    summary = summarise(metrics.head(0), costs)
    assert summary.empty
    assert set(summary_columns()) <= set(summary.columns)
