from pkgutil import resolve_name

import pytest

from bench.suites import SUITES, Suite
from transforms.base import Transform


@pytest.fixture(params=SUITES.values(), ids=SUITES)
def suite(request) -> Suite:
    return request.param


def test_levels_rise_and_contain_the_identity_once(suite):
    assert list(suite.levels) == sorted(set(suite.levels))
    assert suite.levels.count(suite.identity) == 1


def test_the_training_range_holds_the_identity_and_overlaps_the_levels(suite):
    low, high = suite.training_range
    assert low <= suite.identity <= high
    assert any(low <= level <= high and level != suite.identity for level in suite.levels)


def test_the_transform_is_one(suite):
    assert issubclass(resolve_name(suite.transform), Transform)


def test_clean_training_saw_the_identity_only():
    suite = SUITES["rotation"]
    assert suite.trained_range("clean") == (0.0, 0.0)
    assert suite.trained_range("augmented") == (-180.0, 180.0)


def test_rotation_sweeps_the_circle_once_in_steps_of_fifteen_degrees():
    assert SUITES["rotation"].levels == tuple(range(-165, 181, 15))
    assert len(SUITES["rotation"].levels) == 24
