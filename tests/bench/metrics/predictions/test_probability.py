import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from fixtures.random_tables import tables
from runbench.metrics.predictions.probability import FLOOR, brier_scores, log_losses
from runbench.tasks import LABEL, LABEL_SET


def single(seed, count=80):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(5), (count, 1)).astype(np.float32), np.eye(5, dtype=bool)[np.arange(count) % 5]


def label_sets(seed, count=80):
    rng = np.random.default_rng(seed)
    present = np.zeros((count, 5), dtype=bool)
    present[np.arange(count), np.arange(count) % 5] = present[np.arange(count), (np.arange(count) + 2) % 5] = True
    return rng.uniform(size=(count, 1, 5)).astype(np.float32), present


@pytest.mark.parametrize("seed", range(3))
def test_brier_score_is_scikit_learns(seed):
    probabilities, present = single(seed)
    exact = probabilities[:, 0].astype(np.float64)
    normed = exact / exact.sum(axis=1, keepdims=True)
    expected = brier_score_loss(present.argmax(axis=1), normed, scale_by_half=False)
    assert brier_scores(probabilities, present).mean() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_brier_score_of_label_sets_is_a_sum_of_scikit_learns_over_classes(seed):
    probabilities, present = label_sets(seed)
    expected = sum(brier_score_loss(present[:, k], probabilities[:, 0, k]) for k in range(5))
    assert brier_scores(probabilities, present).mean() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_log_loss_is_scikit_learns(seed):
    probabilities, present = single(seed)
    exact = probabilities[:, 0].astype(np.float64)
    normed = exact / exact.sum(axis=1, keepdims=True)
    expected = log_loss(present.argmax(axis=1), normed)
    assert log_losses(probabilities, present, LABEL).mean() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_log_loss_of_label_sets_is_a_sum_of_scikit_learns_over_classes(seed):
    probabilities, present = label_sets(seed)
    expected = sum(log_loss(present[:, k], probabilities[:, 0, k].astype(np.float64)) for k in range(5))
    assert log_losses(probabilities, present, LABEL_SET).mean() == pytest.approx(expected, rel=1e-5)


@tables
def test_each_score_is_of_its_image_and_level(table):
    brier = brier_scores(table.probabilities, table.present)
    losses = log_losses(table.probabilities, table.present, LABEL)
    for i, label in enumerate(table.labels):
        for j in range(len(table.levels)):
            own = table.probabilities[i, j].astype(float)
            assert brier[i, j] == pytest.approx(sum((own[k] - (k == label)) ** 2 for k in range(3)))
            assert losses[i, j] == pytest.approx(-np.log(max(own[label], 1e-7)))


def test_certainty_is_free_where_it_is_right_and_bounded_where_it_is_wrong():
    present = np.eye(2, dtype=bool)
    certain = np.array([[[1, 0]], [[1, 0]]], dtype=np.float32)
    assert brier_scores(certain, present).ravel().tolist() == [0, 2]
    assert log_losses(certain, present, LABEL).ravel() == pytest.approx([0, -np.log(FLOOR)])
    assert log_losses(certain, present, LABEL_SET).ravel() == pytest.approx([0, -2 * np.log(FLOOR)])
