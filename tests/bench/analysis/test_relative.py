from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fixtures.cells import cell_rows, model_rows, score_predictions, scored
from fixtures.costs import cost_rows
from fixtures.suites import SHIFT
from runbench.analysis.summary import summarise
from runbench.metrics.predictions.errors import over_reference
from runbench.suites import SUITES

SUITES_HERE = dict(SUITES) | {SHIFT.name: SHIFT}
LABELS = np.arange(40) % 10


def cell(wrong, model, seed=0, images=40, levels=SHIFT.levels):
    """A cell in which the first `wrong[j]` images are wrong at level j."""
    labels = LABELS[:images]
    at_fault = np.arange(images)[:, np.newaxis] < np.asarray(wrong)
    predicted = np.where(at_fault, labels[:, np.newaxis] + 1, labels[:, np.newaxis]) % 10
    return cell_rows(predicted, labels, replace(SHIFT, levels=tuple(levels)), model, seed)


def relative(*rows, model="stn", score="relative_error", seed=0):
    metrics = score_predictions(pd.concat(rows, ignore_index=True), SUITES_HERE)
    found = metrics[(metrics["model"] == model) & (metrics["metric"] == score) & (metrics["seed"] == seed)]
    return found["value"].item() if len(found) else None


def test_errors_over_those_of_the_baseline():
    rows = cell([20, 10, 4, 6, 20], "stn"), cell([30, 20, 8, 12, 30], "baseline")
    assert relative(*rows) == pytest.approx(60 / 100)
    assert relative(*rows, score="mean_error") == pytest.approx(60 / 5 / 40)
    # Beyond the 4 and 8 at the identity: 16 + 6 + 2 + 16 over 22 + 12 + 4 + 22.
    assert relative(*rows, score="relative_excess_error") == pytest.approx(40 / 60)
    for score in ("relative_error", "relative_excess_error"):
        assert relative(*rows, model="baseline", score=score) == 1


def test_the_baseline_may_come_first_or_last():
    rows = cell([20, 10, 4, 6, 20], "stn"), cell([30, 20, 8, 12, 30], "baseline")
    assert relative(*rows) == relative(*rows[::-1])


def test_without_the_baseline_of_the_same_seed_there_is_none():
    own = cell([20, 10, 4, 6, 20], "stn")
    assert relative(own) is None
    assert relative(own, cell([30, 20, 8, 12, 30], "baseline", seed=1)) is None


def test_a_baseline_without_errors_divides_nothing():
    rows = cell([20, 10, 4, 6, 20], "stn"), cell([0, 0, 0, 0, 0], "baseline")
    assert relative(*rows) is None
    assert relative(*rows, score="mean_error") == pytest.approx(60 / 200)


def test_a_baseline_that_the_change_does_not_harm_has_no_excess_to_divide_by():
    rows = cell([20, 10, 4, 6, 20], "stn"), cell([20, 20, 20, 20, 20], "baseline")
    assert relative(*rows) == pytest.approx(60 / 100)
    assert relative(*rows, score="relative_excess_error") is None


def test_other_images_or_levels_are_not_compared():
    own = cell([20, 10, 4, 6, 20], "stn")
    assert relative(own, cell([10, 10, 8, 12, 10], "baseline", images=30)) is None
    assert relative(own, cell([30, 20, 8, 12, 30], "baseline", levels=[-4, -1, 0, 2, 7])) is None
    others = cell([30, 20, 8, 12, 30], "baseline")
    assert relative(own, others.assign(sample=others["sample"] + 1)) is None


def test_the_interval_is_that_of_images_drawn_for_both():
    rng = np.random.default_rng(0)
    own, other = rng.uniform(size=(2, 40)) < [[0.3], [0.6]]
    own |= other & (rng.uniform(size=40) < 0.3)
    rows = [
        cell_rows(
            np.where(faults[:, np.newaxis], (LABELS + 1)[:, np.newaxis] % 10, LABELS[:, np.newaxis])
            * np.ones((1, 5), dtype=int),
            LABELS,
            SHIFT,
            model,
        )
        for model, faults in (("stn", own), ("baseline", other))
    ]
    metrics = score_predictions(pd.concat(rows, ignore_index=True), SUITES_HERE)
    row = metrics[(metrics["model"] == "stn") & (metrics["metric"] == "relative_error")].iloc[0]
    drawn = rng.integers(0, 40, (20_000, 40))
    low, high = np.quantile(own[drawn].mean(axis=1) / other[drawn].mean(axis=1), [0.025, 0.975])
    assert row["value"] == pytest.approx(own.sum() / other.sum())
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=0.03), pytest.approx(high, abs=0.06))


def test_the_denominator_must_be_surely_above_zero():
    rng = np.random.default_rng(0)
    own = np.full(1001, 0.2)
    assert over_reference(own, 0.1 + rng.normal(0, 0.01, 1001)) is not None
    assert over_reference(own, 0.1 + rng.normal(0, 0.1, 1001)) is None
    assert over_reference(own, np.full(1001, 0.004)) is None
    assert over_reference(own, np.full(1001, np.nan)) is None


def test_several_seeds_are_each_held_against_their_own_baseline():
    rows = pd.concat(
        [model_rows(SHIFT, model, seed, images=40) for model in ("capsnet", "baseline") for seed in (0, 1)],
        ignore_index=True,
    )
    metrics = score_predictions(rows, SUITES_HERE)
    row = summarise(metrics, cost_rows("shift", "capsnet"), scored(rows, SUITES_HERE)).iloc[0]
    wrong = 1 - rows.groupby(["model", "seed"], observed=True)["correct"].mean()
    ratios = [wrong["capsnet", seed] / wrong["baseline", seed] for seed in (0, 1)]
    assert row["relative_error"] == pytest.approx(np.mean(ratios))
    assert row["relative_error_sd"] == pytest.approx(np.std(ratios, ddof=1))
    assert row["relative_error_low"] < row["relative_error"] < row["relative_error_high"]
    without_one = rows[(rows["model"] == "capsnet") | (rows["seed"] == 0)]
    metrics = score_predictions(without_one, SUITES_HERE)
    row = summarise(metrics, cost_rows("shift", "capsnet"), scored(without_one, SUITES_HERE)).iloc[0]
    assert np.isnan(row["relative_error"])
    assert not np.isnan(row["mean_accuracy"])
