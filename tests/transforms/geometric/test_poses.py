import numpy as np
import pytest
import torch

from fixtures.geometry import CORNERS, NO_DRAWS, matrix_of, moved, source, table
from runbench.suites import SUITES
from runbench.transforms.geometric import (
    DIRECTIONS,
    Projective,
    RandomAffine,
    RandomProjective,
    Rotation,
    Scaling,
    Shear,
    Translation,
)


@pytest.mark.parametrize(
    ("transform", "draw", "expected"),
    [
        (Rotation(0.0), (), (1, 0)),
        (Rotation(30.0), (), (3**0.5 / 2, 0.5)),
        (Rotation(-90.0), (), (0, -1)),
        (Rotation(180.0), (), (-1, 0)),
        (Scaling(1.0), (), (0,)),
        (Scaling(2.0), (), (0.6931472,)),
        (Scaling(0.5), (), (-0.6931472,)),
        (Translation(2.5), (-1, 1), (-2.5, 2.5)),
        (Translation(0.0), (-1, 1), (0, 0)),
        (Shear(0.4), (-1,), (-0.4,)),
        (Projective(2.0), (1, 0, 0, 1, -1, 0, 0, -1), (2, 0, 0, 2, -2, 0, 0, -2)),
        (RandomAffine(0.5, rotation=90.0, shift=7.0), (1, -1, 0.5, 0, 0.2), (0.5, -0.5, 0.25, 0, 0.1)),
        (RandomProjective(2.0, corners=0.1), (1, 0, 0, 1, -1, 0, 0, -1, 0.5), (2, 0, 0, 2, -2, 0, 0, -2, 1)),
    ],
)
def test_a_pose_is_what_a_decoder_is_asked_for(transform, draw, expected):
    poses = transform.pose(table(*draw).expand(3, -1))
    assert poses.shape == (3, len(expected))
    for pose in poses.tolist():
        assert pose == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_pose_of_a_displacement_is_where_the_centre_goes(direction):
    transform, parameters = Translation(3.5), table(*direction)
    across, down = moved(matrix_of(transform, parameters)[0], 13.5, 13.5)
    assert transform.pose(parameters)[0].tolist() == pytest.approx((across - 13.5, down - 13.5), abs=1e-6)


@pytest.mark.parametrize("angle", [-150.0, 10.0, 77.0])
def test_the_pose_of_a_turn_is_where_the_right_goes_with_y_upwards(angle):
    across, down = moved(matrix_of(Rotation(angle), NO_DRAWS)[0], 14.5, 13.5)
    assert Rotation(angle).pose(NO_DRAWS)[0].tolist() == pytest.approx((across - 13.5, 13.5 - down), abs=1e-6)


def test_the_pose_of_a_projective_change_is_how_far_its_corners_move():
    transform = Projective(4.0)
    parameters = transform.sample_parameters(5, source())
    for pose, matrix in zip(transform.pose(parameters).tolist(), matrix_of(transform, parameters), strict=True):
        went = [number for x, y in CORNERS for number in np.subtract(moved(matrix, x, y), (x, y))]
        assert pose == pytest.approx(went, abs=1e-4)


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_change_has_a_pose_of_as_many_numbers_at_each_level(suite):
    parameters = suite.at(suite.levels[0]).sample_parameters(6, source())
    poses = torch.stack([suite.at(level).pose(parameters) for level in suite.levels])
    assert poses.shape[:2] == (len(suite.levels), 6)
    assert poses.ndim == 3
    assert poses.is_floating_point()
    # Each level has a pose of its own
    assert len(poses.flatten(1).unique(dim=0)) == len(suite.levels)


@pytest.mark.parametrize("name", ["elastic", "noise", "contrast", "parts-apart", "overlap"])
def test_of_a_change_that_says_no_more_the_level_is_the_pose(name):
    suite = SUITES[name]
    parameters = suite.at(suite.levels[0]).sample_parameters(4, source())
    for level in suite.levels:
        assert suite.at(level).pose(parameters).tolist() == [[pytest.approx(level)]] * 4
