import math

import pytest

from runbench.cli.selftest_text import HEADING, render_section, render_wrong
from runbench.selftest.checks import Check, Section
from runbench.selftest.conditions import AtLeast, Near

RIGHT = Check("mean accuracy", AtLeast(0.5), 0.75, right=True, why="half is chance")
WRONG = Check("kappa", Near(1.0), 1 / 3, right=False, why="it never changes its answer")
NO_ROW = Check("AUROC", Near(1.0), math.nan, right=False, why="why")
SECTION = Section("places, translation: the network knows where it is", (RIGHT, WRONG, NO_ROW))


@pytest.mark.parametrize("heading", ["what is measured", "must be", "came out"])
def test_columns_stand_below_their_headings(heading):
    _, *rows = render_section(SECTION).splitlines()
    start = HEADING.index(heading)
    assert all(row[start - 1] == " " and row[start] != " " for row in rows)


def test_a_row_says_what_came_out_and_whether_it_is_right():
    title, *rows = render_section(SECTION).splitlines()
    assert title == SECTION.title
    assert [row.split()[-2:] for row in rows] == [["0.75", "ok"], ["0.333", "WRONG"], ["row", "WRONG"]]


def test_what_is_wrong_is_said_with_where_and_why():
    line = render_wrong(SECTION, WRONG)
    assert line == "places, translation: kappa must be 1 and is 0.333 (it never changes its answer)"
    assert "must be 1 and is no row" in render_wrong(SECTION, NO_ROW)
