import math

import numpy as np
import pandas as pd
import pytest

from fixtures.comparison_runs import MODELS, rows_of, swept
from runbench.analysis.comparison.matching import Match
from runbench.analysis.comparison.rows import mean_score, metrics_of
from runbench.store.run import read_run


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


def test_a_mean_score_is_that_of_the_seeds_named_at_the_level_or_over_the_sweep(runs):
    run = read_run(runs[0])
    metrics = metrics_of(run, Match("turn", "stn", (0,), (0,)))
    assert set(metrics["subset"]) == {"all"}
    shares = rows_of(runs[0], "turn", "stn").groupby("level").mean()
    for level, share in shares.items():
        assert mean_score(metrics, [0], "accuracy", level + 1e-9) == pytest.approx(share)
    assert mean_score(metrics, [0], "mean_accuracy", math.nan) == pytest.approx(shares.mean())
    later = pd.concat([metrics, metrics.assign(seed=1, value=metrics["value"] / 2)])
    assert mean_score(later, [0, 1], "mean_accuracy", math.nan) == pytest.approx(shares.mean() * 0.75)
    assert math.isnan(mean_score(metrics, [4], "accuracy", 0.0))
