import math

import pytest
import torch

from transforms.base import LevelError
from transforms.geometric import Rotation

CROSS = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]).div(16)[None, None]
NO_DRAWS = torch.empty(1, 0)


def test_positive_angles_turn_counter_clockwise_on_the_screen():
    turned = Rotation(90.0)(CROSS, NO_DRAWS)
    by_hand = torch.tensor([[4, 8, 12, 16], [3, 7, 11, 15], [2, 6, 10, 14], [1, 5, 9, 13]]).div(16)
    assert torch.allclose(turned[0, 0], by_hand, atol=1e-5)


@pytest.mark.parametrize("quarters", [-1, 1, 2, 3])
@pytest.mark.parametrize("side", [4, 7, 28])
def test_quarter_turns_equal_rot90(quarters, side):
    images = torch.rand(3, 2, side, side, generator=torch.Generator().manual_seed(0))
    turned = Rotation(90.0 * quarters)(images, torch.empty(3, 0))
    assert torch.allclose(turned, torch.rot90(images, quarters, (2, 3)), atol=1e-5)


@pytest.mark.parametrize("angle", [-150.0, -30.0, 10.0, 77.0])
def test_matrix_moves_points_as_trigonometry_says(angle):
    matrix = Rotation(angle).matrix(torch.tensor([angle]), NO_DRAWS, 28, 28)[0]
    x, y = 20.0, 5.0
    moved = matrix @ torch.tensor([x, y, 1.0], dtype=matrix.dtype)
    # mathematicians' axes: y upwards, the centre of the image at the origin
    right, up = x - 13.5, 13.5 - y
    radius, bearing = math.hypot(right, up), math.atan2(up, right) + math.radians(angle)
    assert moved[0].item() == pytest.approx(13.5 + radius * math.cos(bearing), abs=1e-5)
    assert moved[1].item() == pytest.approx(13.5 - radius * math.sin(bearing), abs=1e-5)


def test_a_level_of_its_own_for_each_image_equals_one_level_for_all():
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    angles = torch.tensor([-170.0, -45.0, 0.0, 33.0, 180.0])
    together = Rotation(180.0).apply(images, angles, torch.empty(5, 0))
    apart = [Rotation(float(angle))(image[None], NO_DRAWS) for angle, image in zip(angles, images, strict=True)]
    assert torch.allclose(together, torch.cat(apart), atol=1e-5)


def test_the_inverse_undoes_a_turn_up_to_resampling():
    blob = torch.exp(-((torch.arange(28) - 13.5) ** 2) / 40)
    images = (blob[:, None] * blob.roll(2)[None])[None, None]
    rotation = Rotation(40.0)
    there_and_back = rotation.invert(rotation(images, NO_DRAWS), NO_DRAWS)
    assert (there_and_back - images).norm() / images.norm() < 0.02
    assert (rotation(images, NO_DRAWS) - images).norm() / images.norm() > 0.1


def test_support_marks_the_pixels_that_come_from_inside():
    support = Rotation(45.0).support(NO_DRAWS, 28, 28)[0, 0]
    assert support[14, 14]
    assert not support[0, 0]
    assert not support[27, 27]
    assert Rotation(90.0).support(NO_DRAWS, 28, 28).all()


@pytest.mark.parametrize("level", [math.nan, math.inf, -math.inf])
def test_a_level_that_is_no_finite_number_is_refused(level):
    with pytest.raises(LevelError, match="not a finite number"):
        Rotation(level)
