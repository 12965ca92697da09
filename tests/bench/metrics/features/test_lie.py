"""Steps, differences and their agreement, against arithmetic."""

import math

import pytest
import torch

from runbench.metrics.features.lie import agree, derivative, step_of
from runbench.transforms.geometric import DIRECTIONS, Rotation, Scaling, Shear, Translation
from runbench.transforms.lattice import Lattice

IMAGE = Lattice(21, 31)
NO_DRAWS = torch.empty(3, 0)


def mean_square(of):
    """Return the mean over the image's pixels of a function of their place about the centre."""
    return sum(of(x - 15.0, y - 10.0) for x in range(31) for y in range(21)) / (31 * 21)


def test_a_step_of_translation_is_its_length_over_that_of_the_directions():
    parameters = torch.tensor(DIRECTIONS, dtype=torch.float32)
    # Four directions of length 1, four of the root of 2
    expected = 0.1 / math.sqrt((4 * 1 + 4 * 2) / 8)
    assert step_of(Translation, 0.0, parameters, IMAGE, 0.1) == pytest.approx(expected, rel=1e-3)


def test_a_step_of_rotation_is_an_arc():
    radius = math.sqrt(mean_square(lambda x, y: x * x + y * y))
    assert step_of(Rotation, 0.0, NO_DRAWS, IMAGE, 0.1) == pytest.approx(math.degrees(0.1 / radius), rel=1e-2)


def test_a_step_of_scaling_is_relative_to_the_radius():
    radius = math.sqrt(mean_square(lambda x, y: x * x + y * y))
    # A hundredth more comes from 1 / 1.01 of the way
    assert step_of(Scaling, 1.0, NO_DRAWS, IMAGE, 0.1) == pytest.approx(0.1 / radius, rel=2e-2)


def test_a_step_of_shear_depends_on_the_height_alone():
    height = math.sqrt(mean_square(lambda x, y: y * y))
    step = step_of(Shear, 0.0, torch.tensor([[1.0], [-1.0]]), IMAGE, 0.2)
    assert step == pytest.approx(0.2 / height, rel=1e-3)


@pytest.mark.parametrize("pixels", [0.05, 0.4])
def test_a_step_moves_pixels_as_far_as_it_says(pixels):
    step = step_of(Rotation, 0.0, NO_DRAWS, IMAGE, pixels)
    sources = Rotation(step).sources(torch.tensor([step]), NO_DRAWS, IMAGE, IMAGE)
    moved = (sources - IMAGE.points(torch.device("cpu"))).square().sum(dim=-1).mean().sqrt()
    assert float(moved) == pytest.approx(pixels, rel=1e-2)


@pytest.mark.parametrize("step", [0.01, 0.5, 3.0])
def test_central_differences_of_a_parabola_are_exact(step):
    slope, bend = torch.tensor([[2.0, -1.0, 0.5]]), torch.tensor([[4.0, 0.3, -2.0]])
    forward, backward = (7 + slope * move + bend * move**2 for move in (step, -step))
    assert torch.allclose(derivative(forward, backward, step), slope, atol=1e-4)


@pytest.mark.parametrize(
    ("short", "wide", "scale", "expected"),
    [
        (1.0, 1.05, 1.0, True),
        (1.05, 1.0, 1.0, True),
        (1.0, 1.2, 1.0, False),
        (1.2, 1.0, 1.0, False),
        (0.0, 0.0, 0.0, True),
        (0.0, 0.3, 1.0, False),
        # Rounding beside features of this size: both are nothing
        (1e-12, 4e-12, 1.0, True),
        (1e-12, 4e-12, 1e-6, False),
        (math.nan, 1.0, 1.0, False),
    ],
)
def test_two_steps_agree_within_a_tenth_or_are_both_rounding(short, wide, scale, expected):
    assert agree(short, wide, scale) is expected


def test_the_tolerance_is_a_share_of_the_greater():
    assert agree(0.6, 1.0, 1.0, tolerance=0.41)
    assert not agree(0.6, 1.0, 1.0, tolerance=0.39)
