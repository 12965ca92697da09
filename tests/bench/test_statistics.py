import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runbench.statistics import (
    RESOLVED,
    Estimate,
    bootstrap_p_value,
    bootstrap_weights,
    difference_interval,
    effective_freedom,
    holm,
    matched_interval,
    mcnemar_exact,
    percentile_interval,
    pooled_freedom,
    pooled_resamples,
    ranks,
    recentred_interval,
    smallest_difference,
    widened,
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
    first, second = (Estimate(s / n, *map(float, wilson_interval(s, n))) for s, n in ((56, 70), (48, 80)))
    found = difference_interval(first, second)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_mcnemar_by_hand():
    # 2 * (C(10, 0) + C(10, 1)) / 2^10
    assert mcnemar_exact(1, 9) == pytest.approx(22 / 1024)
    assert mcnemar_exact(0, 5) == pytest.approx(2 / 32)
    assert (mcnemar_exact([0, 3, 4], [0, 3, 5]) == 1).all()


@given(first=st.integers(0, 400), second=st.integers(1, 400))
def test_mcnemar_is_scipys_binomial_test(first, second):
    assert mcnemar_exact(first, second) == pytest.approx(stats.binomtest(first, first + second).pvalue, rel=1e-9)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=9))
def test_mcnemar_counts_the_coin_tosses_that_are_as_uneven(answers):
    discordant = [first for first, second in answers if first != second]
    first, second = discordant.count(True), discordant.count(False)
    tosses = list(product((True, False), repeat=len(discordant)))
    as_uneven = [toss for toss in tosses if abs(2 * sum(toss) - len(toss)) >= abs(first - second)]
    assert mcnemar_exact(first, second) == pytest.approx(len(as_uneven) / len(tosses))


def test_mcnemar_broadcasts():
    table = mcnemar_exact(np.arange(3)[:, np.newaxis], np.arange(4))
    assert table.shape == (3, 4)
    assert table[2, 1] == mcnemar_exact(2, 1)


def test_matched_interval_is_walds_of_the_table_with_half_an_image_more_in_each_cell():
    low, high = matched_interval([12, 0], [5, 0], [100, 40])
    shares, signs = np.array([12.5, 5.5, 83.5, 0.5]) / 102, np.array([1, -1, 0, 0])
    variance = signs @ (np.diag(shares) - np.outer(shares, shares)) @ signs / 102
    assert (low[0], high[0]) == pytest.approx(
        stats.norm.interval(0.95, loc=signs @ shares, scale=math.sqrt(variance)), rel=1e-9
    )
    assert low[1] < 0 < high[1]
    assert low[1] == -high[1]


def test_matched_interval_covers_what_it_says():
    shares, count = np.array([0.06, 0.02, 0.92]), 200
    tables = np.random.default_rng(0).multinomial(count, shares, 20_000)
    low, high = matched_interval(tables[:, 0], tables[:, 1], count)
    assert ((low <= 0.04) & (high >= 0.04)).mean() == pytest.approx(0.95, abs=0.01)


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03, 0.005]) == pytest.approx([0.06, 0.03, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]).shape == (0,)


def test_holm_leaves_out_what_was_not_tested():
    adjusted = holm([0.02, np.nan, 0.04])
    assert adjusted[[0, 2]] == pytest.approx([0.04, 0.04])
    assert np.isnan(adjusted[1])


@given(
    p_values=st.lists(st.one_of(st.floats(1e-4, 1), st.sampled_from([0.01, 0.02])), max_size=8),
    level=st.floats(0.001, 0.999),
)
def test_holm_rejects_what_its_steps_reject(p_values, level):
    rejected, remaining = set(), sorted(range(len(p_values)), key=p_values.__getitem__)
    while remaining and p_values[remaining[0]] * len(remaining) < level:
        rejected.add(remaining.pop(0))
    assert set(np.flatnonzero(holm(p_values) < level)) == rejected


def test_ranks_count_who_is_better():
    better = np.zeros((4, 4), dtype=bool)
    better[0, [1, 2, 3]] = better[1, 3] = True
    assert ranks(better).tolist() == [1, 2, 2, 3]
    assert ranks(np.zeros((3, 3), dtype=bool)).tolist() == [1, 1, 1]


@given(
    st.lists(st.sampled_from([-2.0, -0.5, 0.0, 0.25, 3.0]), min_size=100, max_size=130),
    st.floats(-1, 1),
)
def test_p_is_below_a_level_where_its_interval_leaves_zero_out(values, shift):
    replicates = np.array(values) + shift * (np.arange(len(values)) % 7 > 0)
    low, high = percentile_interval(replicates, confidence=0.7)
    p_value = bootstrap_p_value(replicates)
    assert p_value == pytest.approx(0.3, abs=1e-9) or (p_value < 0.3) == (low > 0 or high < 0)


def test_p_is_twice_the_rarer_share():
    replicates = np.linspace(-0.1, 0.9, 1001)
    assert bootstrap_p_value(replicates) == pytest.approx(0.2)
    assert bootstrap_p_value(-replicates) == pytest.approx(0.2)
    assert bootstrap_p_value(np.append(replicates, np.nan)) == pytest.approx(0.2)


def test_p_beyond_the_resamples_is_students():
    replicates = np.random.default_rng(0).normal(0.05, 0.01, 1000)
    ratio = replicates.mean() / replicates.std(ddof=1)
    assert bootstrap_p_value(replicates) == pytest.approx(2 * stats.norm.sf(ratio))
    assert bootstrap_p_value(replicates, 4) == pytest.approx(2 * stats.t.sf(ratio, 4))
    assert bootstrap_p_value(replicates, 1) == pytest.approx(2 * RESOLVED / 1000)
    assert bootstrap_p_value(-replicates, 4) == bootstrap_p_value(replicates, 4)


def test_p_of_no_difference_is_one():
    assert bootstrap_p_value(np.zeros(1000)) == 1
    assert np.isnan(bootstrap_p_value(np.array([np.nan])))


def test_p_of_equal_models_is_uniform():
    differences = np.random.default_rng(0).normal(size=(400, 60))
    weights = bootstrap_weights(60)
    p_values = [bootstrap_p_value((weights @ row / 60)[1:], 59) for row in differences]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_pooled_resamples_are_means_over_drawn_seeds_stretched():
    by_seed = np.random.default_rng(3).normal(size=(3, 201))
    drawn = np.random.default_rng([5, 3]).integers(0, 3, (200, 3))
    expected = [by_seed[:, 0].mean()]
    for column, seeds in enumerate(drawn, start=1):
        centre = sum(by_seed[:, column]) / 3
        mean = sum(by_seed[seed, column] for seed in seeds) / 3
        expected.append(centre + math.sqrt(3 / 2) * (mean - centre))
    assert pooled_resamples(by_seed, seed=5) == pytest.approx(expected)


@pytest.mark.parametrize("seeds", [2, 3, 6])
def test_pooled_resamples_spread_as_the_mean_of_seeds_does(seeds):
    scores = np.random.default_rng(1).normal(size=seeds)
    pooled = pooled_resamples(np.repeat(scores[:, np.newaxis], 40_001, axis=1))
    assert pooled[1:].std() == pytest.approx(scores.std(ddof=1) / math.sqrt(seeds), rel=0.02)
    assert pooled[0] == pytest.approx(scores.mean())


def test_pooled_resamples_pair_models_by_seed():
    first, second = np.random.default_rng(2).normal(size=(2, 4, 301))
    difference = pooled_resamples(first) - pooled_resamples(second)
    assert pooled_resamples(first - second) == pytest.approx(difference)


def test_a_single_seed_is_as_it_is():
    resamples = np.random.default_rng(2).normal(size=(1, 11))
    assert (pooled_resamples(resamples) == resamples[0]).all()


def test_pooled_seeds_are_drawn_apart_from_the_images():
    images = bootstrap_weights(2)[1:, 0]
    seeds = pooled_resamples(np.repeat([[1.0], [0.0]], 1001, axis=1))[1:]
    assert abs(np.corrcoef(images, seeds)[0, 1]) < 0.1


def test_freedom_is_welchs():
    first, second = np.random.default_rng(4).normal(size=9), np.random.default_rng(5).normal(0, 3, size=5)
    expected = stats.ttest_ind(first, second, equal_var=False).df
    variances = [first.var(ddof=1) / 9, second.var(ddof=1) / 5]
    assert effective_freedom(variances, [8, 4]) == pytest.approx(expected)
    assert effective_freedom([0.1, 0.0], [8, 0]) == pytest.approx(8)
    assert effective_freedom([0.0, 0.0], [8, 0]) == math.inf


def test_smallest_difference_is_found_four_times_in_five():
    smallest = float(smallest_difference(0.5))
    assert smallest == pytest.approx(0.5 * 2.8016, abs=1e-4)
    found = stats.norm.sf(1.959964, loc=smallest / 0.5)
    assert found == pytest.approx(0.8, abs=1e-5)


def test_smallest_difference_grows_as_freedom_shrinks_and_is_unknown_without_a_spread():
    assert smallest_difference(1.0, 2) == pytest.approx(4.30265 + 1.06066, abs=1e-4)
    assert np.isnan(smallest_difference([0.0, 1.0])).tolist() == [True, False]


def test_intervals_over_three_seeds_cover_what_the_docstring_says():
    scores = np.random.default_rng(0).normal(size=(1000, 3))
    bounds = [percentile_interval(pooled_resamples(np.repeat(row[:, np.newaxis], 1001, 1))[1:]) for row in scores]
    assert np.mean([low <= 0 <= high for low, high in bounds]) == pytest.approx(0.77, abs=0.03)


def test_bounds_of_few_seeds_are_as_much_wider_as_students_t_is():
    wide = widened(Estimate(10.0, 8.0, 13.0), freedom=2)
    low, high = wide.low, wide.high
    factor = stats.t.ppf(0.975, 2) / stats.norm.ppf(0.975)
    assert (low, high) == pytest.approx((10 - 2 * factor, 10 + 3 * factor))


def test_bounds_of_many_degrees_of_freedom_stay():
    same = widened(Estimate(10.0, 8.0, 13.0), freedom=np.inf)
    assert (same.low, same.high) == pytest.approx((8.0, 13.0))


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_widened_bounds_cover_the_mean_of_few_seeds(seeds):
    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(400):
        by_seed = np.repeat(generator.normal(0, 1, (seeds, 1)), 401, axis=1)
        pooled = pooled_resamples(by_seed)
        bounded = Estimate(float(pooled[0]), *percentile_interval(pooled[1:]))
        wide = widened(bounded, pooled_freedom(by_seed, 1000))
        covered += wide.low <= 0 <= wide.high
    assert 0.9 < covered / 400 <= 1
