from itertools import pairwise

import pytest
import torch

from runbench.suites import DIGIT_EXTENT, SUITES
from runbench.suites.geometry import GEOMETRY
from runbench.transforms.base import CoordinateChange


def test_rotation_sweeps_the_circle_once_in_steps_of_fifteen_degrees():
    suite = SUITES["rotation"]
    assert {round(after - before, 9) for before, after in pairwise(suite.levels)} == {15.0}
    assert suite.levels[-1] - suite.levels[0] + 15 == suite.period


def test_scale_goes_in_quarter_octaves():
    assert [round(level, 3) for level in SUITES["scale"].levels] == [
        0.354, 0.42, 0.5, 0.595, 0.707, 0.841, 1.0, 1.189, 1.414,
    ]  # fmt: skip


def test_an_object_reaches_the_border_where_the_domain_of_displacements_ends():
    suite = SUITES["translation"]
    assert DIGIT_EXTENT + 2 * suite.domain[1] == suite.canvas


@pytest.mark.parametrize("suite", GEOMETRY, ids=lambda suite: suite.name)
def test_pixels_move_at_every_level_but_the_identity(suite):
    images = torch.rand(4, 1, suite.canvas, suite.canvas, generator=torch.Generator().manual_seed(2))
    parameters = suite.at(suite.identity).sample_parameters(4, torch.Generator().manual_seed(3))
    for level in suite.levels:
        transform = suite.at(level)
        assert isinstance(transform, CoordinateChange)
        assert torch.equal(transform(images, parameters), images) is (level == suite.identity)
