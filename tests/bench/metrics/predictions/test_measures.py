"""Every measure against double loops over small random tables, with whole-numbered weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.accuracy import area_under_curve
from runbench.metrics.predictions.intact import intact_auroc
from runbench.metrics.predictions.label_sets import ATTAINED_BINS, attained_masks, attained_means, label_recall
from runbench.metrics.predictions.weighted import level_shares, mean_over_levels, weighted_means


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


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    confidence = np.round(rng.uniform(size=(50, 2)), 1)
    weights = rng.integers(0, 4, (3, 50)).astype(np.float32)
    intact = np.repeat([True, False], 50)
    expected = [
        roc_auc_score(intact, confidence.T.ravel(), sample_weight=np.concatenate([row, row])) for row in weights
    ]
    same(intact_auroc(confidence, 0, np.ones((50, 2), dtype=bool), weights)[:, 1], expected)


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
    from runbench.statistics import bootstrap_weights, percentile_interval

    correct = np.arange(300)[:, np.newaxis] % 5 != 0
    shares = level_shares(correct, np.ones_like(correct), bootstrap_weights(300, 4000))
    low, high = percentile_interval(shares[1:, 0])
    expected = stats.binom(300, 0.8).ppf([0.025, 0.975]) / 300
    assert (low, high) == pytest.approx(tuple(expected), abs=0.01)
