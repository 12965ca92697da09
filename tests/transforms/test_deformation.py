import numpy as np
import pytest
import torch

from runbench.suites import SUITES
from runbench.transforms.deformation import ThinPlate, ThinPlateNoise
from runbench.transforms.lattice import Lattice

IMAGE = Lattice(28, 28)

CONTROLS = Lattice(4, 4, pitch=9.0)
"""Where the 16 control points lie in an image of 28 pixels: its corners, and at thirds between them."""

PIXELS = np.stack(np.meshgrid(np.arange(28.0), np.arange(28.0)), axis=-1).reshape(-1, 2)
POINTS = PIXELS.reshape(28, 28, 2)[::9, ::9].reshape(-1, 2)


def displacement(transform, parameters, lattice=IMAGE, image=IMAGE):
    return transform.displacement(torch.tensor([transform.level]), parameters, lattice, image)


def drawn(transform, count):
    return transform.sample_parameters(count, torch.Generator().manual_seed(0))


def kernel(one, other):
    """Return r^2 log r for every pair of points."""
    square = ((one[:, np.newaxis] - other) ** 2).sum(axis=-1)
    return square * np.log(np.where(square == 0, 1, square)) / 2


@pytest.mark.parametrize("level", SUITES["elastic"].levels[1:])
@pytest.mark.parametrize("image", [Lattice(40, 40), Lattice(28, 36)], ids=["square", "wide"])
def test_pixels_move_by_the_level_in_the_root_mean_square(level, image):
    moved = displacement(ThinPlate(level), drawn(ThinPlate(level), 50), image, image).double()
    rms = (moved**2).sum(dim=2).mean(dim=1) ** 0.5
    assert torch.allclose(rms, torch.tensor(level, dtype=torch.float64), rtol=1e-4)


def test_the_scale_of_a_feature_map_is_that_of_the_image():
    transform = ThinPlate(2.0)
    parameters = drawn(transform, 5)
    every_third = displacement(transform, parameters).reshape(5, 28, 28, 2)[:, ::9, ::9]
    assert torch.allclose(
        displacement(transform, parameters, CONTROLS).reshape(5, 4, 4, 2), every_third, atol=1e-4
    )


def test_control_points_move_by_their_draws():
    transform = ThinPlateNoise(1.5)
    parameters = drawn(transform, 30)
    moves = displacement(transform, parameters, CONTROLS)
    assert torch.allclose(moves, parameters.reshape(30, 16, 2) * 1.5, atol=1e-4)


def test_a_spline_solves_bookstein_s_equations():
    parameters = drawn(ThinPlateNoise(1.0), 3)
    affine = np.column_stack([np.ones(16), POINTS])
    system = np.block([[kernel(POINTS, POINTS), affine], [affine.T, np.zeros((3, 3))]])
    for draw, moved in zip(parameters, displacement(ThinPlateNoise(1.0), parameters), strict=True):
        right = np.concatenate([draw.reshape(16, 2).numpy(), np.zeros((3, 2))])
        weights = np.linalg.solve(system, right)
        expected = kernel(PIXELS, POINTS) @ weights[:16] + np.column_stack([np.ones(784), PIXELS]) @ weights[16:]
        assert np.allclose(moved.numpy(), expected, atol=1e-4)


def test_both_families_bend_alike_but_for_the_scale():
    parameters = drawn(ThinPlate(1.0), 5)
    one, other = (displacement(family(2.0), parameters).flatten(1) for family in (ThinPlate, ThinPlateNoise))
    cosine = (one * other).sum(dim=1) / one.norm(dim=1) / other.norm(dim=1)
    assert torch.allclose(cosine, torch.ones(5), atol=1e-5)


@pytest.mark.parametrize(
    "linear", [[[0.0, 0.0], [0.0, 0.0]], [[0.1, 0.0], [0.0, 0.1]], [[0.0, -0.2], [0.3, 0.05]]], ids=str
)
def test_an_affine_move_of_the_control_points_is_an_affine_field(linear):
    offset = np.array([1.5, -0.5])
    parameters = torch.tensor((POINTS @ np.array(linear).T + offset).reshape(1, 32), dtype=torch.float32)
    moved = displacement(ThinPlateNoise(1.0), parameters)[0]
    assert np.allclose(moved.numpy(), PIXELS @ np.array(linear).T + offset, atol=1e-4)


def test_a_displacement_says_where_a_pixel_comes_from_x_before_y():
    images = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]])[None, None] / 16
    from_the_right, from_below = torch.zeros(2, 1, 16, 2)
    from_the_right[..., 0], from_below[..., 1] = 1, 1
    to_the_left = ThinPlateNoise(1.0)(images, from_the_right.flatten(1)) * 16
    assert to_the_left[0, 0].round().tolist() == [[2, 3, 4, 0], [6, 7, 8, 0], [10, 11, 12, 0], [14, 15, 16, 0]]
    up = ThinPlateNoise(2.0)(images, from_below.flatten(1)) * 16
    assert up[0, 0].round().tolist() == [[9, 10, 11, 12], [13, 14, 15, 16], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("family", [ThinPlate, ThinPlateNoise])
def test_control_points_are_moved_by_a_normal_distribution(family):
    parameters = drawn(family(1.0), 2000)
    assert parameters.shape == (2000, 32)
    assert parameters.mean().item() == pytest.approx(0, abs=0.02)
    assert parameters.std().item() == pytest.approx(1, abs=0.02)
    assert (parameters.abs() < 1).float().mean().item() == pytest.approx(0.6827, abs=0.01)
