from dataclasses import replace

import pytest

from runbench.errors import RegistrationError
from runbench.suites import SUITES, groups, register_suite

MINE = replace(SUITES["rotation"], name="slight-turns", levels=(-10.0, 0.0, 10.0))


pytestmark = pytest.mark.usefixtures("own_registries")


def test_a_registered_suite_is_returned_and_stands_with_the_others():
    mine = replace(MINE, group="turns")
    assert register_suite(mine) is mine
    assert SUITES["slight-turns"] is mine
    assert groups(SUITES)["turns"] == (mine,)
    assert groups(SUITES)["all"][-1] is mine


def test_a_suite_may_join_a_group_that_there_is():
    register_suite(replace(MINE, group="parts"))
    assert [suite.name for suite in groups()["parts"]][-1] == "slight-turns"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "rotation"}, "registered already"),
        ({"name": "parts"}, "registered already"),
        ({"name": "all"}, "registered already"),
        ({"name": "../../x"}, "small letters"),
        ({"name": "=cmd"}, "small letters"),
        ({"name": "x" * 65}, "small letters"),
        ({"group": "<script>"}, "small letters"),
        ({"group": "all"}, "its group cannot be called 'all'"),
        ({"group": "rotation"}, "its group cannot be called 'rotation'"),
        ({"group": "slight-turns"}, "its group cannot be called"),
        ({"levels": (0.0, 400.0)}, "within its domain, -360 to 360"),
        ({"levels": (10.0, 0.0)}, "must rise"),
        ({"levels": (10.0, 20.0)}, "contain the identity"),
        ({"levels": (0.0, 0.0)}, "must rise"),
        ({"axis": "", "levels": (0.0, 10.0)}, "has one level"),
    ],
)
def test_what_cannot_be_a_suite_is_refused_and_leaves_nothing(fields, problem):
    before = dict(SUITES)
    with pytest.raises(RegistrationError, match=problem):
        register_suite(replace(MINE, **fields))
    assert before == SUITES
