import math

import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.rotation import rotation_theta


def sampled(images, theta):
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


@pytest.mark.parametrize("quarters", range(4))
def test_quarter_turns_are_those_of_rot90(quarters):
    images = torch.rand(2, 1, 7, 7)
    angle = torch.full((2,), quarters * math.pi / 2)
    # What lay in direction (0, 1), down, comes to lie at the right: one turn counter-clockwise on the screen
    expected = images.rot90(quarters, (2, 3))
    torch.testing.assert_close(sampled(images, rotation_theta(angle.cos(), angle.sin(), (7, 7))), expected)


def test_angles_are_angles_of_pixels_also_where_images_are_not_square():
    height, width = 20, 10
    theta = rotation_theta(torch.tensor([0.6]), torch.tensor([0.8]), (height, width))[0]
    right = torch.tensor([2 / width, 0.0, 1.0])
    taken = theta @ right * torch.tensor([width / 2, height / 2])
    torch.testing.assert_close(taken, torch.tensor([0.6, 0.8]))
