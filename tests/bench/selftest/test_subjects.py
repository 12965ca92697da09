"""Which suites and levels the known networks are shown."""

from dataclasses import replace

import pytest
import torch

from runbench.selftest.subjects import LEVELS, NETWORKS, levels_but, suite_of
from runbench.suites import SUITES


def test_the_levels_contain_the_identity_and_make_sense_to_the_suite():
    for name, levels in LEVELS.items():
        suite = SUITES[name]
        assert suite.identity in levels
        assert list(levels) == sorted(levels)
        assert all(suite.domain[0] <= level <= suite.domain[1] for level in levels)


@pytest.mark.parametrize("name", LEVELS)
def test_a_suite_of_the_selftest_differs_from_the_suite_in_its_levels_alone(name):
    suite = suite_of(name)
    assert suite.levels == LEVELS[name]
    assert replace(suite, levels=SUITES[name].levels) == SUITES[name]


def test_levels_can_be_left_out():
    assert levels_but("scale", 1.0, 1.4) == (0.5, 1.2)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_stands_under_its_own_name_and_nothing_of_it_is_drawn_at_random(name):
    spec = NETWORKS[name]
    assert spec.name == name
    one, other = (spec.build(1, 10, (28, 28), "standard").state_dict() for _ in range(2))
    assert all(torch.equal(value, other[key]) for key, value in one.items())
