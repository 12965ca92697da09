import numpy as np
import pytest
from scipy import stats

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.weighted import (
    level_shares,
    mean_over_levels,
    ratio,
    weighted_float_sums,
    weighted_means,
    weighted_sums,
)
from runbench.statistics import bootstrap_weights, percentile_interval


@tables
def test_level_shares(table):
    same(
        level_shares(table.correct, table.mask, table.weights),
        [
            [mean([table.correct[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
            for w in table.weights
        ],
    )


@tables
def test_mean_over_levels(table):
    curves = level_shares(table.correct, table.mask, table.weights)
    expected = [mean([share for share in curve if not np.isnan(share)]) for curve in curves.tolist()]
    same(mean_over_levels(curves), expected)


@tables
def test_weighted_mean(table):
    expected = [
        [mean([table.confidence[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
        for w in table.weights
    ]
    same(weighted_means(table.confidence, table.mask, table.weights), expected)


@tables
def test_sums_count_an_image_as_often_as_it_weighs(table):
    for sums, values in ((weighted_sums, table.present), (weighted_float_sums, table.probabilities)):
        expected = [np.repeat(values, w.astype(int), axis=0).sum(axis=0, dtype=float) for w in table.weights]
        np.testing.assert_allclose(sums(table.weights, values), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("flag", [True, False])
def test_flags_that_are_all_alike_are_summed_as_others_are(flag):
    weights = np.array([[1, 1, 1], [0, 3, 2]], dtype=np.float32)
    assert weighted_sums(weights, np.full((3, 2), flag)).tolist() == [[3.0 * flag] * 2, [5.0 * flag] * 2]


def test_a_ratio_over_nothing_is_not_a_number():
    same(ratio(np.array([[1, 2], [0, 3]]), np.array([2, 0])), [[0.5, NAN], [0.0, NAN]])


def test_bootstrap_of_a_score_is_the_spread_of_its_sampling():
    """Accuracies of 300 images at 0.8: the interval is as wide as the binomial's."""
    correct = np.arange(300)[:, np.newaxis] % 5 != 0
    shares = level_shares(correct, np.ones_like(correct), bootstrap_weights(300, 4000))
    low, high = percentile_interval(shares[1:, 0])
    expected = stats.binom(300, 0.8).ppf([0.025, 0.975]) / 300
    assert (low, high) == pytest.approx(tuple(expected), abs=0.01)
