import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.crop_guard import GUARDS, CropGuard, Unguarded, collapsed, crop_area
from runbench.models.layers.spatial_transformer import FAMILIES, Sampling

GUARD = CropGuard()


def grid(*rows, size=(28, 28)):
    return F.affine_grid(torch.tensor([rows], dtype=torch.float32), [1, 1, *size], align_corners=False)


def noise(*size, scale=1.0):
    return scale * torch.randn(*size, generator=torch.Generator().manual_seed(0))


def test_the_area_of_an_affine_grid_is_its_determinant():
    theta = noise(20, 2, 3)
    area = crop_area(F.affine_grid(theta, [20, 1, 9, 14], align_corners=False))
    torch.testing.assert_close(area.float(), torch.linalg.det(theta[:, :, :2]).abs(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("rows", "lost"),
    [
        (((1, 0, 0), (0, 1, 0)), False),
        (((0, -1, 0), (1, 0, 0)), False),
        (((0.5, 0, 0.6), (0, 0.5, 0.6)), False),
        (((1, 0, 1.9), (0, 1, 0)), False),
        (((1, 0, 1.99), (0, 1, 0)), True),
        (((1, 0, 5), (0, 1, 0)), True),
        (((0.2, 0, 0), (0, 0.2, 0)), False),
        (((0.1, 0, 0), (0, 0.1, 0)), True),
        (((0, 0, 0), (0, 0, 0)), True),
        (((1, 0, 0), (1, 0, 0)), True),
        (((8, 0, 0), (0, 8, 0)), True),
        (((math.nan, 0, 0), (0, 1, 0)), True),
    ],
)
def test_crops_without_image_or_without_size_have_collapsed(rows, lost):
    assert collapsed(grid(*rows)).tolist() == [lost]


def test_each_image_collapses_by_itself():
    both = torch.cat([grid((1, 0, 0), (0, 1, 0)), grid((0, 0, 0), (0, 0, 0))])
    assert collapsed(both).tolist() == [False, True]


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0, 1000.0])
def test_a_guarded_matrix_has_bounded_singular_values_and_a_centre_in_the_image(scale):
    matrix = torch.eye(2, 3) + noise(1000, 2, 3, scale=scale)
    kept = GUARD.affine(matrix)
    values = torch.linalg.svdvals(kept[:, :, :2])
    assert values.min() >= (1 - GUARD.stretch) / GUARD.zoom - 1e-4
    assert values.max() <= (1 + GUARD.stretch) * GUARD.zoom + 1e-4
    assert torch.linalg.det(kept[:, :, :2]).min() >= (1 - GUARD.stretch**2) / GUARD.zoom**2 - 1e-4
    assert kept[:, :, 2].abs().max() <= GUARD.reach


def test_the_guard_lets_rotations_pass():
    angles = torch.linspace(-math.pi, math.pi, 50)
    turns = torch.stack([angles.cos(), -angles.sin(), 0 * angles, angles.sin(), angles.cos(), 0 * angles], dim=1)
    turns = turns.reshape(-1, 2, 3)
    torch.testing.assert_close(GUARD.affine(turns), turns, atol=1e-6, rtol=0)


def test_the_guard_keeps_small_changes_to_first_order():
    identity = torch.eye(2, 3).double()[None]
    jacobian = torch.autograd.functional.jacobian(GUARD.affine, identity).reshape(6, 6)
    torch.testing.assert_close(GUARD.affine(identity), identity)
    torch.testing.assert_close(jacobian, torch.eye(6).double())
    still = torch.zeros(1, 16, 2).double()
    bending = torch.autograd.functional.jacobian(GUARD.bending, still).reshape(32, 32)
    torch.testing.assert_close(bending, torch.eye(32).double())


@pytest.mark.parametrize("matrix", [torch.zeros(1, 2, 3), torch.eye(2, 3)[None] * 1e4, -torch.eye(2, 3)[None]])
def test_the_guards_gradient_is_finite_everywhere(matrix):
    matrix.requires_grad_()
    GUARD.affine(matrix).sum().backward()
    assert matrix.grad.isfinite().all()


def test_no_guard_changes_nothing():
    matrix, moves = noise(3, 2, 3), noise(3, 16, 2)
    assert Unguarded().affine(matrix) is matrix
    assert Unguarded().bending(moves) is moves


@pytest.mark.parametrize("scale", [0.3, 3.0, 30.0, 300.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_whatever_is_asked_a_guarded_crop_does_not_collapse(family, scale):
    offsets = noise(500, FAMILIES[family].parameters, 1, 1, scale=scale)
    warp = FAMILIES[family].transformer(nn.Flatten(), Sampling((16, 16), guard=GUARDS["crop"]))
    assert not collapsed(warp.sampling_grid(offsets)).any()


def test_without_a_guard_a_crop_may_collapse():
    warp = FAMILIES["affine"].transformer(nn.Flatten(), Sampling((16, 16)))
    assert collapsed(warp.sampling_grid(noise(50, 6, 1, 1, scale=30.0))).any()
