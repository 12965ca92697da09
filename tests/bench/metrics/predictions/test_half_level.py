import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbench.metrics.predictions.half_level import half_level

LEVELS = np.array([0.0, 1.0, 2.0, 4.0, 8.0])


def half(curve, levels=LEVELS, identity=0, period=None):
    return half_level(np.array([curve]), np.asarray(levels, dtype=float), identity, period)[0]


def test_it_lies_on_the_line_between_two_levels():
    # 0.4 lies a third of the way from 0.5 to 0.2, between levels 2 and 4.
    assert half([0.8, 0.7, 0.5, 0.2, 0.1]) == pytest.approx(2 + 2 / 3)


def test_a_level_that_meets_half_is_it():
    assert half([0.8, 0.7, 0.4, 0.4, 0.1]) == pytest.approx(2)


def test_the_first_fall_counts_even_where_accuracy_recovers():
    assert half([1.0, 0.0, 1.0, 0.0, 0.0]) == pytest.approx(0.5)


@pytest.mark.parametrize("curve", [[0.8, 0.7, 0.6, 0.5, 0.41], [0.0, 0.0, 0.0, 0.0, 0.0]])
def test_there_is_none_where_accuracy_never_falls_so_far(curve):
    assert np.isnan(half(curve))


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ([0.0, 1.0, 1.0, 1.0, 0.0], 1.5),
        ([1.0, 1.0, 1.0, 1.0, 0.0], 4.0),
        ([0.0, 1.0, 1.0, 1.0, 1.0], 1.5),
        ([1.0, 1.0, 1.0, 1.0, 1.0], np.nan),
    ],
)
def test_of_two_sides_the_nearer_counts(curve, expected):
    assert half(curve, [-2.0, -1.0, 0.0, 2.0, 6.0], identity=2) == pytest.approx(expected, nan_ok=True)


def test_it_is_a_distance_from_the_identity():
    assert half([0.0, 1.0, 1.0], [0.5, 1.0, 2.0], identity=1) == pytest.approx(0.25)


def test_both_sides_of_a_circle_end_opposite_to_the_identity():
    levels = [-90.0, 0.0, 90.0, 180.0]
    assert half([1.0, 1.0, 1.0, 0.0], levels, identity=1, period=360.0) == pytest.approx(135)
    around = [0.0, 90.0, 180.0, 270.0]
    assert half([1.0, 1.0, 1.0, 0.0], around, identity=0, period=360.0) == pytest.approx(45)
    assert half([1.0, 1.0, 1.0, 0.0], around, identity=0) == pytest.approx(225)


def test_a_level_without_images_is_passed_over():
    assert half([1.0, np.nan, 0.0, 0.0, 0.0]) == pytest.approx(1.0)


def test_resamples_that_never_fall_count_as_the_furthest_level():
    curves = np.array([[1.0, 0.6, 0.5, 0.4, 0.4], [1.0, 0.6, 0.6, 0.6, 0.6], [1.0, 0.4, 0.6, 0.6, 0.6]])
    assert half_level(curves, LEVELS, 0)[1:] == pytest.approx([8.0, 0.5 / 0.6])
    assert half_level(curves[[1, 0]], LEVELS, 0) == pytest.approx([np.nan, 2.0], nan_ok=True)


@given(seed=st.integers(0, 10**6))
def test_it_is_where_a_fine_walk_outwards_first_meets_half(seed):
    rng = np.random.default_rng(seed)
    levels = np.cumsum(rng.integers(1, 5, 6)).astype(float)
    curve, identity = rng.uniform(size=6), int(rng.integers(6))
    reach = levels[-1] - levels[0]
    met = []
    for direction in (1, -1):
        walk = levels[identity] + direction * np.linspace(0, reach, 20_001)
        walk = walk[(walk >= levels[0]) & (walk <= levels[-1])]
        below = np.interp(walk, levels, curve) <= curve[identity] / 2
        met += [abs(walk[below][0] - levels[identity])] if below.any() else []
    expected = min(met) if met else np.nan
    assert half(curve, levels, identity) == pytest.approx(expected, abs=2e-3, nan_ok=True)
