import math

import pytest

from runbench.selftest.conditions import EXACT, Absent, AtLeast, Near, share


@pytest.mark.parametrize(
    ("must", "value", "right"),
    [
        (Near(0.5), 0.5, True),
        (Near(0.5), 0.5 + 2 * EXACT, False),
        (Near(0.5, 0.1), 0.41, True),
        (Near(0.5, 0.1), 0.39, False),
        (Near(0.5, 0.1), math.nan, False),
        (AtLeast(0.05), 0.05, True),
        (AtLeast(0.05), 0.04, False),
        (AtLeast(0.05), math.nan, False),
        (Absent(), math.nan, True),
        (Absent(), 0.0, False),
    ],
)
def test_a_value_is_right_within_what_is_allowed(must, value, right):
    assert must.holds([value]) is right


def test_all_of_several_values_must_be_right_and_the_worst_is_shown():
    assert not Near(0.0).holds([0.0, 0.0, -0.3, 0.2])
    assert Near(0.0).worst([0.0, 0.2, -0.3, 0.1]) == -0.3
    assert AtLeast(1.0).worst([3.0, 0.5, 2.0]) == 0.5
    assert math.isnan(Near(0.0).worst([0.0, math.nan, 7.0]))


def test_what_must_be_is_worded_with_its_tolerance_where_that_is_more_than_rounding():
    assert Near(31 / 300).wording == "0.1033"
    assert Near(1.0, 0.25).wording == "1 ± 0.25"
    assert AtLeast(0.05).wording == "at least 0.05"
    assert Absent().wording == "no row"


def test_a_share_may_lie_four_standard_errors_off():
    # a fair coin thrown 100 times: 0.05 each
    assert share(0.5, 100) == Near(0.5, 0.2)
