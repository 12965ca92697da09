"""Small random cells, and what their scores are compared with."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
        self.present = np.eye(3, dtype=bool)[self.labels]
        self.probabilities = rng.dirichlet(np.ones(3), (n, levels)).astype(np.float32)
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
