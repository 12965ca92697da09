import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from fixtures.geometry import CORNERS, matrix_of, moved, source
from runbench.suites import SUITES
from runbench.transforms.geometric import (
    DIRECTIONS,
    Projective,
    RandomAffine,
    RandomProjective,
    Shear,
    Translation,
)
from runbench.transforms.lattice import Lattice

AFFNIST_LIKE = SUITES["affine"].options
JADERBERG_P = SUITES["stn-p"].options


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
