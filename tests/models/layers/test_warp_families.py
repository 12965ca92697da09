import math

import numpy as np
import pytest
import torch
from scipy.interpolate import RBFInterpolator

from runbench.models.layers.crop_guard import CropGuard, Unguarded
from runbench.models.layers.warp_families import (
    CONTROLS,
    LEAN,
    ThinPlateGrid,
    affine,
    projective,
    similarity,
    translation,
)

FREE = Unguarded()


def noise(*size, scale=0.3):
    return scale * torch.randn(*size, generator=torch.Generator().manual_seed(0))


def test_translation_moves_by_its_offsets():
    theta = translation(torch.tensor([[0.5, -0.25]]), FREE, 1.0)
    torch.testing.assert_close(theta, torch.tensor([[[1, 0, 0.5], [0, 1, -0.25]]]))


@pytest.mark.parametrize(("height", "width"), [(28, 28), (20, 40)])
def test_similarity_turns_and_zooms_pixels(height, width):
    zoom, angle = 0.8, math.radians(30)
    offsets = torch.tensor([[zoom * math.cos(angle) - 1, zoom * math.sin(angle), 0.1, 0.2]])
    theta = similarity(offsets, FREE, width / height)[0, :, :2]
    pixels = torch.diag(torch.tensor([width / 2, height / 2]))
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    torch.testing.assert_close(pixels @ theta @ pixels.inverse(), zoom * turn)


def test_affine_adds_its_offsets_to_the_identity():
    offsets = noise(3, 6)
    expected = offsets.unflatten(1, (2, 3)) + torch.tensor([[1.0, 0, 0], [0, 1, 0]])
    assert torch.equal(affine(offsets, FREE, 1.0), expected)


def test_projective_foreshortens_and_then_moves_as_the_affine():
    offsets = noise(4, 8, scale=0.1)
    lean = offsets[:, 6:] / (1 + (offsets[:, 6:] / LEAN) ** 2).sqrt()
    bottom = torch.tensor([0.0, 0, 1]).expand(4, 1, 3)
    before = torch.eye(3).repeat(4, 1, 1)
    before[:, 2, :2] = lean
    moving = torch.cat([affine(offsets[:, :6], FREE, 1.0), bottom], dim=1)
    torch.testing.assert_close(projective(offsets, FREE, 1.0), moving @ before)


@pytest.mark.parametrize("scale", [0.1, 1.0, 100.0])
def test_no_depth_of_a_projective_theta_is_near_zero(scale):
    theta = projective(noise(500, 8, scale=scale), FREE, 1.0)
    corners = torch.tensor([[x, y, 1.0] for x in (-1, 1) for y in (-1, 1)])
    assert (theta[:, 2] @ corners.T).min() > 0.19


@pytest.mark.parametrize("size", [(28, 28), (7, 12)])
def test_thin_plates_equal_scipys(size):
    height, width = size
    moves = noise(2, CONTROLS**2 * 2, scale=0.2)
    grid = ThinPlateGrid(size)(moves, FREE)
    axis = np.linspace(-1, 1, CONTROLS)
    controls = np.array([[x, y] for y in axis for x in axis])
    places = np.array([[2 * x / width - 1, 2 * y / height - 1] for y in range(height) for x in range(width)])
    places += [1 / width, 1 / height]
    pixels = np.array([width / 2, height / 2])
    for image, taken in zip(moves.reshape(2, -1, 2).double().numpy(), grid, strict=True):
        spline = RBFInterpolator(controls * pixels, controls + image, kernel="thin_plate_spline")
        expected = torch.from_numpy(spline(places * pixels)).float().reshape(height, width, 2)
        torch.testing.assert_close(taken, expected, atol=1e-4, rtol=0)


def test_a_thin_plate_whose_points_move_affinely_is_affine():
    theta = torch.tensor([[0.9, -0.3, 0.1], [0.2, 1.1, -0.2]])
    axis = torch.linspace(-1, 1, CONTROLS)
    across, down = axis.repeat(CONTROLS), axis.repeat_interleave(CONTROLS)
    controls = torch.stack([across, down, torch.ones(CONTROLS**2)], dim=1)
    moves = controls @ theta.T - controls[:, :2]
    expected = torch.nn.functional.affine_grid(theta[None], [1, 1, 9, 11], align_corners=False)
    torch.testing.assert_close(ThinPlateGrid((9, 11))(moves.flatten()[None], FREE), expected, atol=1e-5, rtol=0)


def test_a_guard_bounds_the_affine_part_of_a_thin_plate_and_the_rest():
    moves = noise(50, CONTROLS**2, 2, scale=20.0)
    grid = ThinPlateGrid((4, 4))
    kept = grid.guarded(moves, CropGuard())
    linear = (grid.fit @ kept).mT + torch.eye(2, 3)
    rest = kept - grid.level @ (grid.fit @ kept)
    assert linear[:, :, 2].abs().max() <= 1 + 1e-4
    assert torch.linalg.svdvals(linear[:, :, :2]).min() > 0.5 / 3 - 1e-4
    assert rest.square().sum(dim=2).mean(dim=1).sqrt().max() <= CropGuard().bend + 1e-4
