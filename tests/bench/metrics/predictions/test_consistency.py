import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.consistency import (
    agreement,
    flip_shares,
    flips_per_unit,
    kappa,
    right_to_wrong,
    wrong_to_other_wrong,
    wrong_to_right,
)
from runbench.metrics.predictions.weighted import level_shares


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


def flips(table):
    correct, identity = table.correct, table.identity
    return {
        "right_to_wrong": right_to_wrong(correct, identity),
        "wrong_to_right": wrong_to_right(correct, identity),
        "wrong_to_other_wrong": wrong_to_other_wrong(correct, table.predicted, identity),
    }


@tables
def test_flips_split(table):
    split = flips(table)
    for i, truth in enumerate(table.labels):
        before = table.predicted[i, table.identity]
        for j in range(len(table.levels)):
            after = table.predicted[i, j]
            kind = {
                (True, True): None,
                (True, False): "right_to_wrong",
                (False, True): "wrong_to_right",
                (False, False): "wrong_to_other_wrong" if before != after or after == -1 else None,
            }[bool(before == truth), bool(after == truth)]
            assert [name for name, flips in split.items() if flips[i, j]] == ([kind] if kind else [])


@tables
def test_consistency_and_the_three_flips_are_all_images(table):
    kinds = [agreement(table.predicted, table.identity)]
    kinds += flips(table).values()
    shares = [level_shares(kind, table.mask, table.weights) for kind in kinds]
    same(np.sum(shares, axis=0), np.where(np.isnan(shares[0]), NAN, 1.0))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    predicted = rng.integers(0, 4, (60, 3))
    predicted[:, 2] = np.where(rng.uniform(size=60) < 0.7, predicted[:, 0], predicted[:, 2])
    weights = rng.integers(0, 4, (3, 60)).astype(np.float32)
    expected = [
        [cohen_kappa_score(predicted[:, 0], predicted[:, level], sample_weight=row) for level in range(3)]
        for row in weights
    ]
    same(kappa(predicted, 0, np.ones((60, 3), dtype=bool), weights), expected)
