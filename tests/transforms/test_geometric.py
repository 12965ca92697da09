import math

import numpy as np
import pytest
import torch

from fixtures.geometry import NO_DRAWS, matrix_of, moved, source, table
from runbench.suites import SUITES
from runbench.transforms.base import LevelError
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

ROWS = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
BLACK = [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("transform", "draw", "by_hand"),
    [
        # A quarter turn counter-clockwise, one clockwise
        (Rotation(90.0), (), [[4, 8, 12, 16], [3, 7, 11, 15], [2, 6, 10, 14], [1, 5, 9, 13]]),
        (Rotation(-90.0), (), [[13, 9, 5, 1], [14, 10, 6, 2], [15, 11, 7, 3], [16, 12, 8, 4]]),
        # To the right, up, to the left and down at once
        (Translation(1.0), (1, 0), [[0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11], [0, 13, 14, 15]]),
        (Translation(2.0), (0, -1), [[9, 10, 11, 12], [13, 14, 15, 16], BLACK, BLACK]),
        (Translation(1.0), (-1, 1), [BLACK, [2, 3, 4, 0], [6, 7, 8, 0], [10, 11, 12, 0]]),
        # Rows 1.5 and 0.5 above the centre move by 3 and 1 to the right, those below it to the left
        (Shear(2.0), (1,), [[0, 0, 0, 1], [0, 5, 6, 7], [10, 11, 12, 0], [16, 0, 0, 0]]),
        (Shear(2.0), (-1,), [[4, 0, 0, 0], [6, 7, 8, 0], [0, 9, 10, 11], [0, 0, 0, 13]]),
        # Three times as large, the four in the middle fill the image
        (
            Scaling(3.0),
            (),
            [
                [6, 19 / 3, 20 / 3, 7],
                [22 / 3, 23 / 3, 8, 25 / 3],
                [26 / 3, 9, 28 / 3, 29 / 3],
                [10, 31 / 3, 32 / 3, 11],
            ],
        ),
        # Angle, shear, factor, shift along x and y, each by its own draw
        (RandomAffine(1.0, rotation=90.0), (1, 0, 0, 0, 0), np.rot90(ROWS).tolist()),
        (
            RandomAffine(1.0, shear=2.0),
            (0, 1, 0, 0, 0),
            [[0, 0, 0, 1], [0, 5, 6, 7], [10, 11, 12, 0], [16, 0, 0, 0]],
        ),
        (
            RandomAffine(1.0, shift=1.0),
            (0, 0, 0, 1, 0),
            [[0, 1, 2, 3], [0, 5, 6, 7], [0, 9, 10, 11], [0, 13, 14, 15]],
        ),
        (RandomAffine(1.0, shift=1.0), (0, 0, 0, 0, -2), [[9, 10, 11, 12], [13, 14, 15, 16], BLACK, BLACK]),
    ],
)
def test_signs_on_a_small_image(transform, draw, by_hand):
    changed = transform(torch.tensor(ROWS)[None, None] / 16, table(*draw))
    assert torch.allclose(changed[0, 0], torch.tensor(by_hand) / 16, atol=1e-5)


@pytest.mark.parametrize("quarters", [-1, 1, 2, 3])
@pytest.mark.parametrize("side", [4, 7, 28])
def test_quarter_turns_equal_rot90(quarters, side):
    images = torch.rand(3, 2, side, side, generator=source())
    turned = Rotation(90.0 * quarters)(images, torch.empty(3, 0))
    assert torch.allclose(turned, torch.rot90(images, quarters, (2, 3)), atol=1e-5)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("distance", [1, 3, 8])
def test_whole_translations_move_whole_pixels(direction, distance):
    images = torch.rand(2, 1, 40, 40, generator=source())
    x, y = (distance * step for step in direction)
    expected = torch.zeros_like(images)
    expected[:, :, max(y, 0) : 40 + min(y, 0), max(x, 0) : 40 + min(x, 0)] = images[
        :, :, max(-y, 0) : 40 + min(-y, 0), max(-x, 0) : 40 + min(-x, 0)
    ]
    shifted = Translation(float(distance))(images, torch.tensor([direction, direction], dtype=torch.float32))
    assert torch.allclose(shifted, expected, atol=1e-5)


@pytest.mark.parametrize("angle", [-150.0, -30.0, 10.0, 77.0])
def test_a_turn_moves_points_as_trigonometry_says(angle):
    # Mathematicians' axes: y upwards, the centre of the image at the origin
    right, up = 20.0 - 13.5, 13.5 - 5.0
    radius, bearing = math.hypot(right, up), math.atan2(up, right) + math.radians(angle)
    expected = 13.5 + radius * math.cos(bearing), 13.5 - radius * math.sin(bearing)
    assert moved(matrix_of(Rotation(angle), NO_DRAWS)[0], 20.0, 5.0) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("transform", "draw", "expected"),
    [
        (Translation(2.5), (-1, 1), (17.5, 7.5)),
        (Scaling(0.5), (), (13.5 + 3.25, 13.5 - 4.25)),
        (Shear(0.4), (1,), (20 + 0.4 * 8.5, 5)),
        (Shear(0.4), (-1,), (20 - 0.4 * 8.5, 5)),
    ],
)
def test_points_move_as_arithmetic_says(transform, draw, expected):
    assert moved(matrix_of(transform, table(*draw))[0], 20.0, 5.0) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "transform",
    [
        Rotation(40.0),
        Translation(3.5),
        Scaling(1.3),
        Shear(0.6),
        Projective(4.0),
        RandomAffine(1.0, rotation=20.0, shear=0.2, scale=(1.0, 1.2), shift=2.0),
        RandomProjective(0.5, corners=5 / 28, scale=(1.0, 1.0)),
    ],
    ids=lambda transform: type(transform).__name__,
)
def test_the_inverse_undoes_a_change_up_to_resampling(transform):
    blob = torch.exp(-((torch.arange(40) - 19.5) ** 2) / 40)
    images = (blob[:, None] * blob.roll(2)[None]).expand(8, 1, 40, 40)
    parameters = transform.sample_parameters(8, source())
    changed = transform(images, parameters)
    there_and_back = transform.invert(changed, parameters)
    assert ((there_and_back - images).norm(dim=(2, 3)) / images.norm(dim=(2, 3))).max() < 0.03
    assert (changed - images).norm() / images.norm() > 0.1


def test_nothing_is_clipped_where_digits_grow_by_the_root_of_two(lay):
    images = lay(SUITES["scale"], 300)
    grown = Scaling(2**0.5)(images, torch.empty(300, 0)).sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert (grown - 2).abs().max() < 0.05
    far_too_large = Scaling(2.5)(images, torch.empty(300, 0)).sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
    assert far_too_large.min() < 0.95 * 2.5**2


def test_shrinking_keeps_ink_in_proportion(lay):
    images = lay(SUITES["scale"], 300)
    for level in (0.35, 0.5, 0.84):
        ink = Scaling(level)(images, torch.empty(300, 0)).sum(dim=(1, 2, 3)) / images.sum(dim=(1, 2, 3))
        assert ink.mean().item() == pytest.approx(level**2, rel=0.02)


@pytest.mark.parametrize(
    "shrink",
    [
        Scaling,
        lambda factor: RandomAffine(1.0, scale=(factor, factor)),
        lambda factor: RandomProjective(1.0, scale=(factor, factor)),
    ],
    ids=["scaling", "affine", "projective"],
)
def test_a_fine_pattern_that_shrinks_becomes_grey(shrink):
    place = torch.arange(41)
    squares = ((place[:, None] + place) % 2).float()[None, None]
    # Pixels alone, two and three apart, would be black throughout, or black and white in turn
    for factor, contrast in ((1 / 2, 0.2), (1 / 3, 0.01)):
        transform = shrink(factor)
        middle = transform(squares, transform.sample_parameters(1, source()))[0, 0, 15:26, 15:26]
        assert (middle - 0.5).abs().max() < contrast


@pytest.mark.parametrize("factor", [0.0, -1.0])
def test_a_factor_that_is_not_above_zero_is_refused(factor):
    with pytest.raises(LevelError, match="not above 0"):
        Scaling(factor)
