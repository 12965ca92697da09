"""Angles, factors and correlations, against matrices made by hand and sums over pairs."""

import math

import numpy as np
import pytest

from runbench.metrics.features.angles import (
    between,
    circular_correlations,
    correlations,
    enlargements,
    recovered_angles,
    turned_angles,
)


def turn(degrees, factor=1.0):
    """Return the matrix by which an output looks at an object that is turned and enlarged in the input."""
    cosine, sine = (factor * part for part in (math.cos(math.radians(degrees)), math.sin(math.radians(degrees))))
    return np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def pairs_by_hand(x, y):
    """Return Fisher and Lee's coefficient as they define it, by sums over pairs."""
    x, y = (np.radians(angles).ravel() for angles in (x, y))
    first, second = np.triu_indices(len(x), 1)
    a, b = np.sin(x[first] - x[second]), np.sin(y[first] - y[second])
    return (a * b).sum() / math.sqrt((a**2).sum() * (b**2).sum())


@pytest.mark.parametrize("degrees", [-170.0, -90.0, 0.0, 12.5, 90.0, 179.0])
@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
def test_angle_and_factor_of_a_turn_that_enlarges(degrees, factor):
    assert turned_angles(turn(degrees, factor)) == pytest.approx(degrees)
    assert enlargements(turn(degrees, factor)) == pytest.approx(math.log(factor))


def test_homogeneous_scale_and_shift_do_not_matter():
    shifted = np.array([[1.0, 0, 0.3], [0, 1, -0.2], [0, 0, 1]]) @ turn(40.0, 1.5)
    assert turned_angles(-3 * shifted) == pytest.approx(40)
    assert enlargements(-3 * shifted) == pytest.approx(math.log(1.5))


def test_of_a_projective_matrix_the_middle_counts():
    theta = turn(25.0, 1.2)
    theta[2, :2] = 0.2, -0.1
    theta[:2, 2] = 0.3, 0.4
    step = 1e-6

    def seen(x, y):
        across, down, scale = theta @ (x, y, 1)
        return np.array([across / scale, down / scale])

    slopes = np.column_stack([(seen(step, 0) - seen(0, 0)) / step, (seen(0, step) - seen(0, 0)) / step])
    assert enlargements(theta) == pytest.approx(math.log(abs(np.linalg.det(slopes))) / 2, abs=1e-5)
    nearest = np.linalg.svd(slopes)[0] @ np.linalg.svd(slopes)[2]
    assert turned_angles(theta) == pytest.approx(math.degrees(math.atan2(nearest[0, 1], nearest[0, 0])), abs=1e-4)


def test_angles_are_counted_from_each_images_own_beginning():
    levels = np.array([-90.0, 0.0, 120.0])
    theta = np.stack([[turn(begin + level) for level in levels] for begin in (0, 100, -170)])
    assert recovered_angles(theta, levels, 0.0) == pytest.approx(np.tile(levels, (3, 1)))


def test_images_with_a_broken_matrix_are_left_out():
    levels = np.array([0.0, 45.0])
    theta = np.stack([[turn(level) for level in levels]] * 3)
    theta[1, 1, 0, 0] = np.nan
    assert recovered_angles(theta, levels, 0.0).shape == (2, 2)


def test_angles_lie_between_half_turns():
    assert between(np.array([-540.0, -181.0, -180.0, 0.0, 179.0, 180.0, 725.0])).tolist() == [
        *(-180, 179, -180, 0, 179, -180, 5)
    ]


@pytest.mark.parametrize("noise", [0.0, 10.0, 90.0])
def test_circular_correlation_is_the_sum_over_pairs(noise):
    rng = np.random.default_rng(0)
    applied = np.linspace(-165, 180, 24)[None]
    recovered = applied + rng.normal(size=(7, 24)) * noise
    weights = rng.integers(0, 3, (4, 7)).astype(float)
    weights[0] = 1
    found = circular_correlations(recovered, applied, weights)
    expected = [
        pairs_by_hand(
            np.repeat(recovered, times.astype(int), axis=0),
            np.repeat(np.tile(applied, (7, 1)), times.astype(int), axis=0),
        )
        for times in weights
    ]
    assert found == pytest.approx(expected, abs=1e-9)


def test_what_turns_with_it_has_one_against_it_minus_one_and_a_constant_none():
    applied = np.linspace(-150, 180, 12)[None]
    once = np.ones((1, 5))
    begin = np.arange(5.0)[:, None] * 0
    assert circular_correlations(applied + begin + 70, applied, once) == pytest.approx([1])
    assert circular_correlations(-applied + begin, applied, once) == pytest.approx([-1])
    assert np.isnan(circular_correlations(begin + applied * 0 + 33, applied, once)).all()


def test_ordinary_correlation_is_numpys_on_repeated_rows():
    rng = np.random.default_rng(1)
    applied = np.log(np.geomspace(0.35, 1.4, 9))[None]
    recovered = 0.6 * applied + rng.normal(size=(8, 9)) * 0.3 + 2
    weights = rng.integers(0, 3, (5, 8)).astype(float)
    expected = []
    for times in weights.astype(int):
        x, y = (
            np.repeat(np.broadcast_to(values, (8, 9)), times, axis=0).ravel() for values in (recovered, applied)
        )
        expected.append(np.corrcoef(x, y)[0, 1])
    assert correlations(recovered, applied, weights) == pytest.approx(expected, abs=1e-9)
    assert np.isnan(correlations(np.full((8, 9), 0.3), applied, weights)).all()
