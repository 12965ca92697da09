import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.intact import intact_auroc


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
