import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.layers.crop_guard import GUARDS
from runbench.models.layers.spatial_transformer import (
    FAMILIES,
    GridGenerator,
    ImageSampler,
    LocalizationNet,
    Sampling,
    SpatialTransformer,
)

IDENTITY = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
RAMP = torch.arange(16.0).reshape(1, 1, 4, 4)


def affine(*rows):
    return torch.tensor([rows], dtype=torch.float32)


class Constant(nn.Module):
    """A localisation network that answers the same for every image."""

    def __init__(self, offsets):
        super().__init__()
        self.offsets = offsets

    def forward(self, images):
        return self.offsets.expand(len(images), -1)


def transformer(theta, size=(4, 4), output_size=None, **sampling):
    """Return a transformer whose localisation network always answers `theta`."""
    localisation = Constant((theta - IDENTITY).flatten(1))
    return SpatialTransformer(localisation, Sampling(output_size or size, **sampling))


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
    start = SpatialTransformer(LocalizationNet(1, size, (16, 16), 32), Sampling(size))
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
    names = SpatialTransformer(LocalizationNet(1, (28, 28), (4, 4), 8), Sampling((28, 28))).state_dict()
    assert all(name.startswith("localisation.") for name in names)


def keys_weights(distance):
    """Return a pixel's weight in cubic convolution (Keys 1981), with torch's a = -0.75."""
    a, d = -0.75, abs(distance)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def test_the_bicubic_sampler_interpolates_by_hand():
    images = torch.rand(1, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    row, column = 2.3, 3.6
    point = torch.tensor([[[[(2 * column + 1) / 6 - 1, (2 * row + 1) / 6 - 1]]]])
    down = torch.tensor([keys_weights(row - pixel) for pixel in range(6)])
    across = torch.tensor([keys_weights(column - pixel) for pixel in range(6)])
    expected = down @ images[0, 0] @ across
    assert ImageSampler("bicubic")(images, point).item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_either_kernel_lets_gradients_through_to_image_and_theta(kernel):
    images = torch.rand(1, 1, 5, 5, dtype=torch.float32, generator=torch.Generator().manual_seed(0))
    offsets = torch.full((1, 6), 0.07, requires_grad=True)
    images.requires_grad_()
    warp = SpatialTransformer(Constant(offsets), Sampling((5, 5), kernel))
    warp(images)[0, 0, 2, 2].backward()
    for tensor, index in ((offsets, (0, 0)), (offsets, (0, 5)), (images, (0, 0, 2, 2))):
        step, moved = 1e-3, []
        for sign in (1, -1):
            with torch.no_grad():
                tensor[index] += sign * step
                moved.append(warp(images)[0, 0, 2, 2].item())
                tensor[index] -= sign * step
        slope = (moved[0] - moved[1]) / (2 * step)
        assert tensor.grad[index].item() == pytest.approx(slope, abs=2e-2 * max(1, abs(slope)))


def test_gradients_of_the_bilinear_sampler_are_those_published():
    # Jaderberg et al. 2015, equations 6 and 7, at a quarter of a pixel right of and half a pixel below (1, 1).
    images = torch.rand(1, 1, 4, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    x, y = 1.25, 1.5
    point = torch.tensor([[[[(2 * x + 1) / 4 - 1, (2 * y + 1) / 4 - 1]]]], requires_grad=True)
    ImageSampler()(images, point).backward()
    expected = torch.zeros(4, 4)
    slope = 0.0
    for n in range(4):
        for m in range(4):
            expected[n, m] = max(0, 1 - abs(x - m)) * max(0, 1 - abs(y - n))
            sign = 0 if abs(m - x) >= 1 else (1 if m >= x else -1)
            slope += images[0, 0, n, m].item() * max(0, 1 - abs(y - n)) * sign
    torch.testing.assert_close(images.grad[0, 0], expected)
    assert point.grad[0, 0, 0, 0].item() == pytest.approx(slope * 4 / 2, abs=1e-5)


def test_a_projective_grid_by_hand():
    theta = torch.tensor([[[1.0, 0.2, 0.1], [0, 0.8, -0.3], [0.25, -0.125, 1]]])
    grid = GridGenerator((3, 4))(theta)
    x, y = 0.75, -2 / 3
    depth = 0.25 * x - 0.125 * y + 1
    expected = torch.tensor([(x + 0.2 * y + 0.1) / depth, (0.8 * y - 0.3) / depth])
    torch.testing.assert_close(grid[0, 0, 3], expected)


def test_a_projective_theta_through_infinity_gives_a_finite_grid():
    theta = torch.tensor([[[1.0, 0, 0], [0, 1, 0], [4, 0, 1]]])
    assert GridGenerator((4, 4))(theta).isfinite().all()


@pytest.mark.parametrize("guard", ["none", "crop"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("size", "output_size"), [((28, 28), (28, 28)), ((12, 20), (6, 10)), ((9, 8), (18, 16))])
def test_every_family_starts_at_the_identity(family, guard, size, output_size):
    parameters = FAMILIES[family].parameters
    warp = FAMILIES[family].transformer(
        Constant(torch.zeros(1, parameters)), Sampling(output_size, guard=GUARDS[guard])
    )
    expected = F.affine_grid(IDENTITY, [1, 1, *output_size], align_corners=False)
    torch.testing.assert_close(warp.sampling_grid(torch.rand(1, 1, *size)), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_parameter_of_a_family_moves_the_grid(family):
    parameters = FAMILIES[family].parameters
    offsets = 0.1 * torch.eye(parameters)
    warp = FAMILIES[family].transformer(nn.Flatten(), Sampling((8, 8)))
    images = torch.cat([offsets, torch.zeros(1, parameters)])[:, :, None, None]
    grids = warp.sampling_grid(images).flatten(1)
    moved = grids[:-1] - grids[-1]
    assert torch.linalg.matrix_rank(moved, atol=1e-4) == parameters


@pytest.mark.parametrize("size", [(4, 4), (8, 6)])
def test_a_fine_checkerboard_at_half_size_is_grey(size):
    rows, columns = (torch.arange(2 * side) for side in size)
    checkerboard = ((rows[:, None] + columns) % 2).float()[None, None]
    half = transformer(IDENTITY, output_size=size, oversampling=2)
    torch.testing.assert_close(half(checkerboard), torch.full((1, 1, *size), 0.5), atol=1e-5, rtol=0)


def test_half_size_is_the_mean_of_every_four_pixels():
    images = torch.rand(2, 3, 8, 12, generator=torch.Generator().manual_seed(0))
    half = transformer(IDENTITY, output_size=(4, 6), oversampling=2)(images)
    expected = images.unflatten(3, (6, 2)).unflatten(2, (4, 2)).mean(dim=(3, 5))
    torch.testing.assert_close(half, expected, atol=1e-5, rtol=0)


def test_double_size_equals_interpolation():
    images = torch.rand(1, 1, 5, 5, generator=torch.Generator().manual_seed(0))
    double = transformer(IDENTITY, output_size=(10, 10))(images)
    expected = F.interpolate(images, scale_factor=2, mode="bilinear", align_corners=False)
    # The outermost samples lie beyond the last pixel's centre, where the transformer fades to black.
    torch.testing.assert_close(double[..., 1:-1, 1:-1], expected[..., 1:-1, 1:-1], atol=1e-5, rtol=0)
