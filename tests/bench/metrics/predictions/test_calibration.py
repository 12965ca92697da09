from itertools import pairwise

import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import binary_calibration_error, multiclass_calibration_error

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.calibration import (
    bin_gaps,
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    presence_gaps,
)
from runbench.metrics.predictions.weighted import weighted_float_sums, weighted_sums


def per_level(gaps, mask, weights):
    return calibration_error(weighted_float_sums(weights, gaps), weighted_sums(weights, mask))


def pooled(gaps, mask, weights):
    totals = weighted_sums(weights, mask).sum(axis=1)
    return calibration_error(weighted_float_sums(weights, gaps.sum(axis=1)), totals)


def equal_width(answers, edges=15):
    return [max(0, int(np.ceil(sure * edges)) - 1) for _, sure in answers]


def brute_force(answers, bins):
    """Guo et al. 2017, eq. 3, as written: bins of |accuracy - confidence|."""
    error = 0.0
    for number in set(bins):
        inside = [answer for answer, own in zip(answers, bins, strict=True) if own == number]
        gap = abs(mean([right for right, _ in inside]) - mean([sure for _, sure in inside]))
        error += len(inside) / len(answers) * gap
    return error if answers else NAN


@tables
def test_calibration(table):
    levels, together = [], []
    for w in table.weights:
        answers = [
            [(table.correct[i, j], table.confidence[i, j]) for i in table.rows(w, j)]
            for j in range(len(table.levels))
        ]
        everything = [answer for level in answers for answer in level]
        levels.append([brute_force(level, equal_width(level)) for level in answers])
        together.append(brute_force(everything, equal_width(everything)))
    gaps = bin_gaps(equal_width_bins(table.confidence), table.correct - table.confidence, table.mask)
    same(per_level(gaps, table.mask, table.weights), levels)
    same(pooled(gaps, table.mask, table.weights), together)


@tables
def test_calibration_in_bins_of_equal_mass(table):
    """An edge is the least confidence that b fifteenths of the level's own images do not exceed."""
    confidence = np.round(table.confidence, 1)
    expected = np.full((len(table.weights), len(table.levels)), NAN)
    for j in range(len(table.levels)):
        own = confidence[table.mask[:, j], j]
        edges = [min(v for v in own if 15 * (own <= v).sum() >= b * len(own)) for b in range(1, 15) if len(own)]
        for r, w in enumerate(table.weights):
            answers = [(table.correct[i, j], confidence[i, j]) for i in table.rows(w, j)]
            expected[r, j] = brute_force(answers, [sum(edge < sure for edge in edges) for _, sure in answers])
    gaps = bin_gaps(equal_mass_bins(confidence, table.mask), table.correct - confidence, table.mask)
    same(per_level(gaps, table.mask, table.weights), expected)


@pytest.mark.parametrize("count", [15, 60, 300])
def test_bins_of_equal_mass_hold_as_many_each(count):
    confidence = np.random.default_rng(count).uniform(size=(count, 2)) ** 3
    bins = equal_mass_bins(confidence, np.ones((count, 2), dtype=bool))
    for level in range(2):
        assert np.bincount(bins[:, level]).tolist() == [count // 15] * 15
        by_bin = [confidence[bins[:, level] == number, level] for number in range(15)]
        assert all(low.max() < high.min() for low, high in pairwise(by_bin))


def test_equal_confidences_share_a_bin():
    confidence = np.array([[1.0]] * 90 + [[0.5]] * 10)
    bins = equal_mass_bins(confidence, np.ones((100, 1), dtype=bool)).ravel()
    assert len(set(bins[:90])) == len(set(bins[90:])) == 1
    assert bins[0] != bins[-1]


def test_bins_are_open_below_and_closed_above():
    edges = np.linspace(0, 1, 16)
    assert equal_width_bins(edges).tolist() == [0, *range(15)]
    assert equal_width_bins(np.nextafter(edges[1:-1], 1)).tolist() == list(range(1, 15))


def test_calibration_by_hand():
    # Five answers at 0.9, three right: |0.6 - 0.9|; five at 0.5, all right: |1 - 0.5|. Half of each.
    correct = np.array([[True]] * 3 + [[False]] * 2 + [[True]] * 5)
    confidence = np.array([[0.9]] * 5 + [[0.5]] * 5)
    mask, weights = np.ones((10, 1), dtype=bool), np.ones((1, 10), dtype=np.float32)
    for bins in (equal_width_bins(confidence), equal_mass_bins(confidence, mask)):
        same(per_level(bin_gaps(bins, correct - confidence, mask), mask, weights), [[0.4]])


@pytest.mark.parametrize("seed", range(3))
def test_calibration_is_torchmetrics(seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(10, 0.3), 400).astype(np.float32)
    labels = np.where(rng.uniform(size=400) < 0.6, probabilities.argmax(axis=1), rng.integers(0, 10, 400))
    confidence = probabilities.max(axis=1).astype(np.float64)[:, np.newaxis]
    correct = (probabilities.argmax(axis=1) == labels)[:, np.newaxis]
    mask, weights = np.ones((400, 1), dtype=bool), np.ones((1, 400), dtype=np.float32)
    expected = multiclass_calibration_error(
        torch.from_numpy(probabilities), torch.from_numpy(labels), num_classes=10, n_bins=15, norm="l1"
    )
    gaps = bin_gaps(equal_width_bins(confidence), correct - confidence, mask)
    assert per_level(gaps, mask, weights)[0, 0] == pytest.approx(float(expected), abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_calibration_of_presence_is_torchmetrics_over_all_classes(seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.uniform(size=(60, 2, 10)).astype(np.float32)
    present = rng.uniform(size=(60, 10)) < 0.2
    mask = rng.uniform(size=(60, 2)) < 0.7
    weights = np.stack([np.ones(60), rng.integers(0, 3, 60)]).astype(np.float32)

    def of_torchmetrics(row, levels):
        repeated = [np.repeat(np.flatnonzero(mask[:, j]), row[mask[:, j]].astype(int)) for j in levels]
        claims = np.concatenate([probabilities[own, j] for own, j in zip(repeated, levels, strict=True)])
        truth = np.concatenate([present[own] for own in repeated])
        arguments = (torch.from_numpy(claims.ravel()), torch.from_numpy(truth.ravel().astype(int)))
        return float(binary_calibration_error(*arguments, n_bins=15, norm="l1"))

    gaps = presence_gaps(probabilities, present, mask)
    expected = [[of_torchmetrics(row, [j]) for j in range(2)] for row in weights]
    np.testing.assert_allclose(per_level(gaps, mask, weights), expected, atol=1e-5)
    np.testing.assert_allclose(
        pooled(gaps, mask, weights), [of_torchmetrics(row, [0, 1]) for row in weights], atol=1e-5
    )


def test_presence_that_happens_as_often_as_it_is_claimed_is_calibrated():
    """Every class is claimed at 0.2, and 2 of 10 are there."""
    present = np.zeros((5, 10), dtype=bool)
    present[np.arange(5), np.arange(5)] = present[np.arange(5), np.arange(5) + 5] = True
    probabilities = np.full((5, 1, 10), 0.2, dtype=np.float32)
    mask, weights = np.ones((5, 1), dtype=bool), np.ones((1, 5), dtype=np.float32)
    assert per_level(presence_gaps(probabilities, present, mask), mask, weights)[0, 0] == pytest.approx(
        0, abs=1e-7
    )
    doubled = presence_gaps(2 * probabilities, present, mask)
    assert per_level(doubled, mask, weights)[0, 0] == pytest.approx(0.2, abs=1e-7)
