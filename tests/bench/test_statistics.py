import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.statistics import (
    bootstrap_weights,
    difference_interval,
    percentile_interval,
    recentred_interval,
    wilson_interval,
)


@given(count=st.integers(1, 5000), share=st.floats(0, 1))
def test_wilson_is_scipys(count, share):
    successes = round(share * count)
    low, high = wilson_interval(successes, count)
    expected = stats.binomtest(successes, count).proportion_ci(0.95, "wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_wilson_without_trials_knows_nothing():
    assert wilson_interval(0, 0) == (0, 1)


def test_weights_count_the_images_of_each_resample():
    weights = bootstrap_weights(7, 50)
    assert weights.shape == (51, 7)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == 7).all()
    assert len(np.unique(weights, axis=0)) > 40


def test_weights_depend_on_nothing_but_their_arguments():
    first = bootstrap_weights(9, 20).copy()
    bootstrap_weights.cache_clear()
    assert (bootstrap_weights(9, 20) == first).all()
    assert (bootstrap_weights(9, 20, seed=1) != first).any()


def test_weights_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        bootstrap_weights(5, 3)[0, 0] = 2


def test_bootstrap_interval_of_a_mean_is_scipys():
    values = np.random.default_rng(0).normal(size=200)
    weights = bootstrap_weights(200, 4000).astype(float)
    low, high = percentile_interval((weights @ values / 200)[1:])
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_percentiles_leave_out_what_is_undefined():
    assert percentile_interval(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)
    assert np.isnan(percentile_interval(np.array([np.nan]))).all()


def test_recentred_interval_is_moved_to_the_value_and_stays_above_zero():
    replicates = np.linspace(0.04, 0.06, 1001)
    low, high = recentred_interval(0.03, replicates)
    assert (low, high) == pytest.approx((0.0205, 0.0395), abs=1e-4)
    assert recentred_interval(0.001, replicates)[0] == 0
    assert np.isnan(recentred_interval(0.1, np.array([np.nan]))).all()


def test_difference_is_newcombes_worked_example():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339.
    bounds = [(s / n, *map(float, wilson_interval(s, n))) for s, n in ((56, 70), (48, 80))]
    assert difference_interval(*bounds) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
