import numpy as np
import pytest

from fixtures.suite_tables import drawn, figure_of, one_level
from runbench.report.figures.axis.accuracy import accuracy
from runbench.report.figures.axis.accuracy_circle import accuracy_circle


def test_the_shares_are_those_of_the_curve(degrees):
    shown, curve = figure_of(accuracy_circle, degrees), figure_of(accuracy, degrees)
    assert shown.table.equals(curve.table)


def test_each_architecture_has_a_circle_of_its_own(degrees):
    axes = drawn(figure_of(accuracy_circle, degrees)).axes
    assert {panel.name for panel in axes} == {"polar"}
    assert len(axes) == 3


def test_levels_are_directions(degrees):
    lines = drawn(figure_of(accuracy_circle, degrees)).axes[0].get_lines()
    curve = max(lines, key=lambda line: len(line.get_xdata()))
    angles = {round(float(angle)) % 360 for angle in np.degrees(curve.get_xdata())}
    assert angles == {270, 330, 0, 60}


@pytest.mark.parametrize("name", ["break", "cover"])
def test_an_axis_that_does_not_close_has_no_circle(every_kind, name):
    assert not list(accuracy_circle(every_kind[name]))


def test_one_level_is_no_circle(degrees):
    assert not list(accuracy_circle(one_level(degrees)))
