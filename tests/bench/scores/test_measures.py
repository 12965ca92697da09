"""Every measure against double loops over small random tables, with whole-numbered weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench.scores.calibration import confidence_bins, expected_calibration_error, pooled_calibration_error
from bench.scores.consistency import agreement, flip_shares, flips_per_unit, kappa
from bench.scores.intact import intact_auroc
from bench.scores.orbit import best_of_orbit, mean_of_orbit, orbit_accuracy, worst_of_orbit
from bench.scores.pairs import ATTAINED_BINS, attained_masks, attained_means, label_recall
from bench.scores.weighted import area_under_curve, level_shares, mean_over_levels, weighted_means

NAN = float("nan")


class Table:
    """A small random cell: n images, L levels, three classes and non-finite scores, a mask and weights."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        n, levels = rng.integers(1, 9), rng.integers(2, 6)
        self.levels = np.cumsum(rng.integers(1, 9, levels)).astype(float)
        self.labels = rng.integers(0, 3, n)
        self.predicted = rng.integers(-1, 3, (n, levels))
        self.correct = self.predicted == self.labels[:, np.newaxis]
        self.confidence = np.where(self.predicted < 0, 0, rng.uniform(0.2, 1, (n, levels)))
        self.mask = rng.uniform(size=(n, levels)) < rng.choice([0.5, 1.0])
        self.weights = rng.integers(0, 4, (5, n)).astype(np.float32)
        self.weights[0] = 1
        self.identity = int(rng.integers(levels))

    def rows(self, weights, level):
        """The images at a level, repeated as often as they weigh."""
        return [i for i in range(len(weights)) for _ in range(int(weights[i])) if self.mask[i, level]]


tables = settings(max_examples=40)(given(table=st.integers(0, 10**6).map(Table)))


def mean(values):
    return sum(values) / len(values) if values else NAN


def same(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)


def accuracy(table):
    return level_shares(table.correct, table.mask, table.weights)


@tables
def test_accuracy(table):
    same(
        accuracy(table),
        [
            [mean([table.correct[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
            for w in table.weights
        ],
    )


@tables
def test_mean_over_levels(table):
    expected = [mean([share for share in curve if not np.isnan(share)]) for curve in accuracy(table).tolist()]
    same(mean_over_levels(accuracy(table)), expected)


@tables
def test_area(table):
    curves = accuracy(table)
    expected = []
    for curve in curves:
        area = 0.0
        for j in range(len(table.levels) - 1):
            area += (table.levels[j + 1] - table.levels[j]) * (curve[j] + curve[j + 1]) / 2
        expected.append(area / (table.levels[-1] - table.levels[0]))
    same(area_under_curve(curves, table.levels), expected)


def test_area_by_hand():
    # (1 + 0.5) / 2 * 1 + (0.5 + 0) / 2 * 3, over a range of 4
    same(area_under_curve(np.array([[1.0, 0.5, 0.0]]), np.array([0.0, 1.0, 4.0])), [1.5 / 4])


@tables
def test_consistency(table):
    agreeing = agreement(table.predicted, table.identity)
    for i in range(len(table.labels)):
        for j in range(len(table.levels)):
            here, there = table.predicted[i, j], table.predicted[i, table.identity]
            assert agreeing[i, j] == (here == there and here != -1)


@tables
def test_kappa(table):
    expected = np.full((len(table.weights), len(table.levels)), NAN)
    for r, w in enumerate(table.weights):
        for j in range(len(table.levels)):
            rows = table.rows(w, j)
            pairs = [(table.predicted[i, j], table.predicted[i, table.identity]) for i in rows]
            if pairs:
                observed = mean([a == b != -1 for a, b in pairs])
                chance = sum(mean([a == k for a, _ in pairs]) * mean([b == k for _, b in pairs]) for k in range(3))
                expected[r, j] = (observed - chance) / (1 - chance) if chance < 1 - 1e-12 else NAN
    same(kappa(table.predicted, table.identity, table.mask, table.weights), expected)


def test_kappa_by_hand():
    # Cohen's kappa of the table [[20, 5], [10, 15]]: agreement 0.70, chance 0.50.
    there = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    here = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    predicted = np.stack([there, here], axis=1)
    mask, weights = np.ones((50, 2), dtype=bool), np.ones((1, 50), dtype=np.float32)
    same(kappa(predicted, 0, mask, weights), [[1.0, 0.4]])


@tables
def test_flips(table):
    steps = len(table.levels) - 1
    expected = np.full((len(table.weights), steps), NAN)
    for r, w in enumerate(table.weights):
        for j in range(steps):
            both = [i for i in table.rows(w, j) if table.mask[i, j + 1]]
            pairs = [(table.predicted[i, j], table.predicted[i, j + 1]) for i in both]
            expected[r, j] = mean([a != b or a == -1 for a, b in pairs])
    flips = flip_shares(table.predicted, table.mask, table.weights)
    same(flips, expected)
    lengths = np.diff(table.levels)
    per_unit = []
    for row in expected:
        there = ~np.isnan(row)
        per_unit.append(row[there].sum() / lengths[there].sum() if there.any() else NAN)
    same(flips_per_unit(flips, table.levels), per_unit)


@tables
def test_orbits(table):
    for measure, choose in ((worst_of_orbit, min), (mean_of_orbit, mean), (best_of_orbit, max)):
        expected = []
        for w in table.weights:
            orbits = [
                [bool(table.correct[i, j]) for j in range(len(table.levels)) if table.mask[i, j]]
                for i in range(len(w))
                for _ in range(int(w[i]))
            ]
            expected.append(mean([choose(orbit) for orbit in orbits if orbit]))
        same(orbit_accuracy(measure(table.correct, table.mask), table.mask, table.weights), expected)


@tables
def test_worst_is_at_most_mean_is_at_most_best(table):
    worst, middle, best = (
        orbit_accuracy(measure(table.correct, table.mask), table.mask, table.weights[:1])[0]
        for measure in (worst_of_orbit, mean_of_orbit, best_of_orbit)
    )
    assert np.isnan(middle) or worst <= middle <= best


def brute_force_calibration(pairs):
    """Guo et al. 2017, eq. 3, as written: bins of |accuracy - confidence|."""
    error = 0.0
    for b in range(15):
        inside = [(right, sure) for right, sure in pairs if max(0, np.ceil(sure * 15) - 1) == b]
        if inside:
            gap = abs(mean([right for right, _ in inside]) - mean([sure for _, sure in inside]))
            error += len(inside) / len(pairs) * gap
    return error if pairs else NAN


@tables
def test_calibration(table):
    per_level, pooled = [], []
    for w in table.weights:
        pairs = [
            [(table.correct[i, j], table.confidence[i, j]) for i in table.rows(w, j)]
            for j in range(len(table.levels))
        ]
        per_level.append([brute_force_calibration(level) for level in pairs])
        pooled.append(brute_force_calibration([pair for level in pairs for pair in level]))
    arguments = (table.correct, table.confidence, table.mask, table.weights)
    same(expected_calibration_error(*arguments), per_level)
    same(pooled_calibration_error(*arguments), pooled)


def test_bins_are_open_below_and_closed_above():
    edges = np.linspace(0, 1, 16)
    assert confidence_bins(edges).tolist() == [0, *range(15)]
    assert confidence_bins(np.nextafter(edges[1:-1], 1)).tolist() == list(range(1, 15))


def test_calibration_by_hand():
    # Five answers at 0.9, three right: |0.6 - 0.9|; five at 0.5, all right: |1 - 0.5|. Half of each.
    correct = np.array([[True]] * 3 + [[False]] * 2 + [[True]] * 5)
    confidence = np.array([[0.9]] * 5 + [[0.5]] * 5)
    mask, weights = np.ones((10, 1), dtype=bool), np.ones((1, 10), dtype=np.float32)
    same(expected_calibration_error(correct, confidence, mask, weights), [[0.4]])


@tables
def test_weighted_mean(table):
    expected = [
        [mean([table.confidence[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
        for w in table.weights
    ]
    same(weighted_means(table.confidence, table.mask, table.weights), expected)


@tables
def test_auroc_of_intact_against_changed(table):
    confidence = np.round(table.confidence, 1)
    expected = np.full((len(table.weights), len(table.levels)), NAN)
    for r, w in enumerate(table.weights):
        for j in set(range(len(table.levels))) - {table.identity}:
            expected[r, j] = mean(
                [
                    (1 + np.sign(confidence[intact, table.identity] - confidence[changed, j])) / 2
                    for intact in table.rows(w, table.identity)
                    for changed in table.rows(w, j)
                ]
            )
    same(intact_auroc(confidence, table.identity, table.mask, table.weights), expected)


@pytest.mark.parametrize(
    ("changed", "expected"), [((0.4, 0.4, 0.4), 0.5), ((0.1, 0.2, 0.3), 1.0), ((0.5, 0.9, 0.6), 0.0)]
)
def test_auroc_by_hand(changed, expected):
    confidence = np.array([[0.4, 0.4, 0.4], changed]).T
    mask, weights = np.ones((3, 2), dtype=bool), np.array([[1, 1, 1], [0, 3, 0]], dtype=np.float32)
    same(intact_auroc(confidence, 0, mask, weights), [[NAN, expected]] * 2)


def test_auroc_of_many_images_is_exact():
    """Sums of products of weights, far beyond what single precision holds."""
    confidence = np.repeat([[0.9, 0.1]], 9001, axis=0)
    confidence[0] = 0.5
    areas = intact_auroc(confidence, 0, np.ones((9001, 2), dtype=bool), np.ones((2, 9001), dtype=np.float32))
    assert areas[:, 1].tolist() == [1 - 0.5 / 9001**2] * 2


classes = st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True)


@given(pairs=st.lists(st.tuples(classes, classes), min_size=1, max_size=9))
def test_recall_is_the_share_of_labels_found(pairs):
    labels, predicted = (
        np.array([[*row, NAN][:2] for row in rows], dtype=float) for rows in zip(*pairs, strict=True)
    )
    expected = [len(set(truth) & set(answer)) / len(truth) for truth, answer in pairs]
    assert label_recall(labels, predicted).tolist() == expected


@tables
def test_attained_mean_takes_the_level_where_it_is_met(table):
    attained = np.where(table.predicted < 1, NAN, table.confidence)
    expected = np.full((len(table.weights), len(table.levels)), NAN)
    for j, level in enumerate(table.levels):
        if np.isfinite(attained[table.mask[:, j], j]).any():
            for r, w in enumerate(table.weights):
                expected[r, j] = mean(
                    [level if np.isnan(attained[i, j]) else attained[i, j] for i in table.rows(w, j)]
                )
    same(attained_means(attained, table.levels, table.mask, table.weights), expected)


def test_attained_bins_are_closed_below_and_the_last_above_too():
    attained = np.array([[0.0], [0.2], [np.nextafter(0.4, 0)], [0.6], [0.8], [1.0], [NAN], [1.1], [-0.1]])
    bins = {name: np.flatnonzero(mask).tolist() for name, mask in attained_masks(attained).items()}
    assert bins == {
        "attained 0 to 0.2": [0],
        "attained 0.2 to 0.4": [1, 2],
        "attained 0.4 to 0.6": [],
        "attained 0.6 to 0.8": [3],
        "attained 0.8 to 1": [4, 5],
    }
    assert list(bins) == list(ATTAINED_BINS)


@pytest.mark.parametrize("edge", [0.2, 0.4, 0.6, 0.8])
def test_a_stored_edge_is_in_the_bin_above_it(edge):
    stored = np.float64(np.float32(edge))
    (inside,) = (name for name, mask in attained_masks(np.array([[stored]])).items() if mask.any())
    assert inside.startswith(f"attained {edge} to")


def test_bootstrap_of_a_score_is_the_spread_of_its_sampling():
    """Accuracies of 300 images at 0.8: the interval is as wide as the binomial's."""
    from bench.statistics import bootstrap_weights, percentile_interval

    correct = np.arange(300)[:, np.newaxis] % 5 != 0
    shares = level_shares(correct, np.ones_like(correct), bootstrap_weights(300, 4000))
    low, high = percentile_interval(shares[1:, 0])
    expected = stats.binom(300, 0.8).ppf([0.025, 0.975]) / 300
    assert (low, high) == pytest.approx(tuple(expected), abs=0.01)
