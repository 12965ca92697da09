from itertools import combinations

import numpy as np
import pytest

from fixtures.random_tables import mean, same, tables
from runbench.metrics.predictions.orbit import (
    best_of_orbit,
    mean_of_orbit,
    orbit_accuracy,
    worst_of_drawn,
    worst_of_orbit,
)


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


@tables
def test_worst_of_drawn_is_the_mean_over_every_choice_of_levels(table):
    for drawn in (1, 2, 3):
        expected = []
        for right, mask in zip(table.correct, table.mask, strict=True):
            among = right[mask].tolist()
            choices = list(combinations(among, min(drawn, len(among))))
            expected.append(mean([all(choice) for choice in choices]))
        same(worst_of_drawn(table.correct, table.mask, drawn), expected)


@tables
def test_worst_of_one_is_the_mean_and_worst_of_all_the_worst(table):
    everywhere = np.ones_like(table.mask)
    same(worst_of_drawn(table.correct, everywhere, 1), mean_of_orbit(table.correct, everywhere))
    same(worst_of_drawn(table.correct, everywhere, 9), worst_of_orbit(table.correct, everywhere))


@pytest.mark.parametrize(("right", "expected"), [(24, 1), (23, 14 / 24), (22, 14 / 24 * 13 / 23), (9, 0)])
def test_worst_of_ten_of_24_levels_by_hand(right, expected):
    """One wrong level is missed where all ten choices fall on the others: 23/24 * 22/23 * ... = 14/24."""
    correct = np.arange(24)[np.newaxis] < right
    assert worst_of_drawn(correct, np.ones_like(correct)) == pytest.approx(expected)
