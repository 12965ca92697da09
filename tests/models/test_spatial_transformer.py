import math

import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from models.spatial_transformer import GridGenerator, ImageSampler, LocalizationNet, SpatialTransformer

IDENTITY = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
RAMP = torch.arange(16.0).reshape(1, 1, 4, 4)


def affine(*rows):
    return torch.tensor([rows], dtype=torch.float32)


def transformer(theta, size=(4, 4), output_size=None):
    """Return a transformer whose localisation network always answers `theta`."""
    localisation = LocalizationNet(1, (28, 28), (4, 4), 8)
    localisation.forward = lambda images: (theta - IDENTITY).flatten(1).expand(len(images), -1)
    return SpatialTransformer(localisation, output_size or size)


def test_the_identity_grid_of_4x4_by_hand():
    grid = GridGenerator((4, 4))(IDENTITY)
    centres = [-0.75, -0.25, 0.25, 0.75]
    expected = torch.tensor([[[x, y] for x in centres] for y in centres])
    torch.testing.assert_close(grid[0], expected)


@pytest.mark.parametrize("size", [(4, 4), (3, 5), (28, 28), (60, 41)])
def test_the_grid_equals_that_of_torch(size):
    theta = torch.randn(3, 2, 3, generator=torch.Generator().manual_seed(0))
    expected = F.affine_grid(theta, [3, 1, *size], align_corners=False)
    torch.testing.assert_close(GridGenerator(size)(theta), expected, atol=1e-5, rtol=1e-5)


def test_theta_takes_output_coordinates_to_input_coordinates():
    one_pixel = 2 / 4
    moved = transformer(affine((1, 0, one_pixel), (0, 1, 0)))(RAMP)
    expected = torch.tensor([[1, 2, 3, 0], [5, 6, 7, 0], [9, 10, 11, 0], [13, 14, 15, 0.0]])
    torch.testing.assert_close(moved[0, 0], expected)


def test_half_a_pixel_down_averages_two_rows():
    half_pixel = 1 / 4
    moved = transformer(affine((1, 0, 0), (0, 1, half_pixel)))(RAMP)
    expected = torch.tensor([[2, 3, 4, 5], [6, 7, 8, 9], [10, 11, 12, 13], [6, 6.5, 7, 7.5]])
    torch.testing.assert_close(moved[0, 0], expected)


def test_half_scale_is_the_middle_of_the_image():
    crop = transformer(affine((0.5, 0, 0), (0, 0.5, 0)), output_size=(2, 2))(RAMP)
    torch.testing.assert_close(crop[0, 0], torch.tensor([[5.0, 6.0], [9.0, 10.0]]))


def test_a_quarter_turn_equals_rot90():
    images = torch.rand(2, 1, 6, 6)
    turned = transformer(affine((0, -1, 0), (1, 0, 0)), size=(6, 6))(images)
    torch.testing.assert_close(turned, torch.rot90(images, 1, (2, 3)), atol=1e-5, rtol=0)


def test_the_sampler_interpolates_by_hand():
    # A quarter of a pixel right of and half a pixel below the centre of pixel (row 1, column 1).
    point = torch.tensor([[[[-0.25 + 0.25 * 0.5, -0.25 + 0.5 * 0.5]]]])
    value = ImageSampler()(RAMP, point)
    assert value.item() == pytest.approx(0.5 * (0.75 * 5 + 0.25 * 6) + 0.5 * (0.75 * 9 + 0.25 * 10))


def test_the_sampler_equals_that_of_torch():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(2, 3, 7, 5, generator=generator)
    grid = torch.rand(2, 4, 6, 2, generator=generator) * 2.4 - 1.2
    expected = F.grid_sample(images, grid, align_corners=False)
    torch.testing.assert_close(ImageSampler()(images, grid), expected)


@pytest.mark.parametrize("size", [(28, 28), (36, 36), (40, 42), (60, 60)])
def test_the_transformer_starts_at_the_identity(size):
    images = torch.rand(3, 1, *size)
    start = SpatialTransformer(LocalizationNet(1, size, (16, 16), 32), size)
    assert torch.equal(start.theta(images), IDENTITY.expand(3, -1, -1))
    torch.testing.assert_close(start(images), images, atol=1e-5, rtol=0)


def test_sampling_stays_in_float32_under_autocast():
    images = torch.rand(2, 1, 28, 28)
    angle = math.radians(30)
    theta = affine((math.cos(angle), -math.sin(angle), 0.1), (math.sin(angle), math.cos(angle), 0))
    turn = transformer(theta, size=(28, 28))
    with torch.autocast("cpu", torch.bfloat16):
        warped = turn(images)
    assert warped.dtype == torch.float32
    torch.testing.assert_close(warped, turn(images))


def test_the_grid_is_no_part_of_the_weights():
    names = SpatialTransformer(LocalizationNet(1, (28, 28), (4, 4), 8), (28, 28)).state_dict()
    assert all(name.startswith("localisation.") for name in names)
