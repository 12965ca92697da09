import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import kstest

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
from runbench.transforms.lattice import Lattice

ROWS = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
NO_DRAWS = torch.empty(1, 0)
IMAGE = Lattice(28, 28)
CORNERS = [(0, 0), (27, 0), (27, 27), (0, 27)]
AFFNIST_LIKE = SUITES["affine"].options
JADERBERG_P = SUITES["stn-p"].options
BLACK = [0, 0, 0, 0]


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def table(*draw):
    return torch.tensor([draw], dtype=torch.float32)


def matrix_of(transform, parameters, image=IMAGE):
    return transform.matrix(torch.tensor([transform.level]), parameters, image)


def moved(matrix, x, y):
    """Return where a homogeneous matrix takes a point."""
    across, down, scale = (float(row[0]) * x + float(row[1]) * y + float(row[2]) for row in matrix)
    return across / scale, down / scale


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


@pytest.mark.parametrize("strength", [0.5, 1.0, 1.5])
def test_an_affine_change_slants_turns_scales_and_shifts_as_trigonometry_says(strength):
    transform = RandomAffine(strength, **AFFNIST_LIKE)
    parameters = transform.sample_parameters(20, source())
    image = Lattice(30, 40)
    for draw, matrix in zip(parameters.tolist(), matrix_of(transform, parameters, image), strict=True):
        angle, shear, scale, *shift = (strength * part for part in draw)
        for x, y in ((0.0, 0.0), (33.0, 4.0), (7.0, 29.0)):
            right, up = x - 19.5, 14.5 - y
            right += 0.2 * shear * up
            radius = math.hypot(right, up) * (1 + 0.2 * scale)
            bearing = math.atan2(up, right) + math.radians(20 * angle)
            across, down = 19.5 + radius * math.cos(bearing), 14.5 - radius * math.sin(bearing)
            expected = across + 2 * shift[0], down + 2 * shift[1]
            assert moved(matrix, x, y) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["affine", "stn-r", "stn-rts"])
def test_at_strength_one_an_affine_change_is_uniform_over_its_ranges(name):
    count, ranges = 4000, {"rotation": 0.0, "shear": 0.0, "scale": (1.0, 1.0), "shift": 0.0} | SUITES[name].options
    transform = RandomAffine(1.0, **SUITES[name].options)
    matrices = matrix_of(transform, transform.sample_parameters(count, source())).numpy()
    across, down = matrices[:, :2, 0], matrices[:, :2, 1]
    # A slant leaves horizontals where they are, so what becomes of one tells the angle and the factor
    angle = np.degrees(np.arctan2(-across[:, 1], across[:, 0]))
    factor = np.hypot(across[:, 0], across[:, 1])
    shear = -(across * down).sum(axis=1) / factor**2
    shift = matrices[:, :2] @ np.array([13.5, 13.5, 1.0]) - 13.5
    bounds = [(-ranges[one], ranges[one]) for one in ("rotation", "shear", "shift", "shift")]
    values = (angle, shear, *shift.T, factor)
    for value, (low, high) in zip(values, [*bounds, ranges["scale"]], strict=True):
        assert value.min() >= low - 1e-4
        assert value.max() <= high + 1e-4
        if low < high:
            assert kstest(value, "uniform", (low, high - low)).pvalue > 1e-3


@pytest.mark.parametrize("strength", [0.5, 1.5])
def test_other_strengths_scale_each_departure_from_the_identity(strength):
    parameters = RandomAffine(1.0).sample_parameters(50, source())
    one, other = (RandomAffine(level, scale=(0.7, 1.2)) for level in (1.0, strength))
    factors = [matrix_of(transform, parameters)[:, 0, 0] for transform in (one, other)]
    assert torch.allclose(factors[1] - 1, (factors[0] - 1) * strength)


def test_the_corners_go_where_the_draws_say():
    parameters = Projective(0.0).sample_parameters(20, source())
    assert torch.allclose(parameters.unflatten(1, (4, 2)).norm(dim=2), torch.ones(20, 4))
    for draw, matrix in zip(parameters.tolist(), matrix_of(Projective(6.0), parameters), strict=True):
        for number, (x, y) in enumerate(CORNERS):
            across, down = draw[2 * number : 2 * number + 2]
            assert moved(matrix, x, y) == pytest.approx((x + 6 * across, y + 6 * down), abs=1e-4)


def test_corners_move_by_a_normal_distribution_after_the_factor():
    transform = RandomProjective(1.0, corners=5 / 28, scale=(0.5, 0.5))
    parameters = transform.sample_parameters(20, source())
    for draw, matrix in zip(parameters.tolist(), matrix_of(transform, parameters), strict=True):
        for number, (x, y) in enumerate(CORNERS):
            across, down = draw[2 * number : 2 * number + 2]
            # The point that lies at the corner once the image has half its size
            before = 13.5 + (x - 13.5) * 2, 13.5 + (y - 13.5) * 2
            assert moved(matrix, *before) == pytest.approx((x + 5 * across, y + 5 * down), abs=1e-4)
    moves = transform.sample_parameters(20_000, source())[:, :8]
    assert moves.mean().item() == pytest.approx(0, abs=0.01)
    # A little below 1, as the parameters that would fold are halved
    assert moves.std().item() == pytest.approx(1, abs=0.02)


def test_factors_of_projective_changes_are_uniform_over_their_range():
    transform = RandomProjective(1.0, corners=0.0, scale=(0.75, 1.0))
    factors = matrix_of(transform, transform.sample_parameters(4000, source()))[:, 0, 0].numpy()
    assert kstest(factors, "uniform", (0.75, 0.25)).pvalue > 1e-3


@pytest.mark.parametrize(
    "transform",
    [RandomProjective(1.0, **JADERBERG_P), RandomProjective(0.5, **JADERBERG_P), Projective(12.0)],
    ids=["stn-p", "stn-p at half strength", "projective"],
)
def test_no_draw_folds_an_image(transform):
    side = 39 if isinstance(transform, Projective) else 27
    image = Lattice(side + 1, side + 1)
    parameters = transform.sample_parameters(20_000, source(1))
    matrices = matrix_of(transform, parameters, image).numpy()
    square = np.array([[0, 0, 1], [side, 0, 1], [side, side, 1], [0, side, 1]])
    homogeneous = np.einsum("nij,pj->npi", matrices, square)
    assert (homogeneous[..., 2] > 0).all()
    corners = homogeneous[..., :2] / homogeneous[..., 2:]
    for number in range(4):
        before, here, after = (corners[:, (number + step) % 4] for step in (-1, 0, 1))
        going, leaving = here - before, after - here
        # Clockwise on the screen at every corner: the quadrilateral is convex
        assert (going[:, 0] * leaving[:, 1] - going[:, 1] * leaving[:, 0] > 0).all()


def test_directions_and_signs_are_drawn_alike_often():
    directions = Translation(0.0).sample_parameters(8000, source())
    often = [(directions == torch.tensor(direction)).all(dim=1).sum().item() for direction in DIRECTIONS]
    assert sum(often) == 8000
    assert max(abs(count - 1000) for count in often) < 120
    assert len(set(DIRECTIONS)) == 8
    bearings = [math.degrees(math.atan2(-y, x)) % 360 for x, y in DIRECTIONS]
    assert [after - before for before, after in pairwise(bearings)] == pytest.approx([45] * 7)
    signs = Shear(0.0).sample_parameters(4000, source())
    assert signs.abs().eq(1).all()
    assert abs(signs.mean().item()) < 0.06


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
