import math

import pytest
import torch

from runbench.models.networks.log_polar import LogPolarSampler, RoundConv2d, build_polar, log_polar_size

CANVASES = [(28, 28), (36, 36), (40, 40), (42, 42), (60, 60), (40, 36)]
PLANE = (-2, -1)


def blob(side, x, y, width=2.0):
    """Draw a Gaussian at (x, y) pixels from the centre."""
    places = torch.arange(side) - (side - 1) / 2
    return torch.exp(-((places - x).square() + (places[:, None] - y).square()) / (2 * width**2))[None, None]


def peak(samples):
    return divmod(samples[0, 0].argmax().item(), samples.shape[-1])


@pytest.mark.parametrize("size", CANVASES, ids=str)
def test_quarter_turns_are_whole_shifts_after_two_poolings(size):
    angles, radii = log_polar_size(size)
    assert angles % 16 == 0
    assert angles >= 2 * radii == 2 * min(size)


@pytest.mark.parametrize(("x", "y", "degrees"), [(6, 0, 0), (0, 6, 90), (-6, 0, 180), (0, -6, 270), (4, 4, 45)])
def test_rows_are_angles_from_the_right_downwards_and_columns_are_logarithms_of_radii(x, y, degrees):
    sampler = LogPolarSampler((28, 28))
    row, column = peak(sampler(blob(28, x, y), torch.zeros(1, 2)))
    assert abs(row - degrees / 360 * 64) <= 1
    expected = 27 * math.log(math.hypot(x, y) / 0.5) / math.log(14 / 0.5)
    assert abs(column - expected) <= 1


def test_a_change_of_scale_is_a_shift_of_columns():
    sampler = LogPolarSampler((40, 40))
    # The grid is even in log radius: 39 steps from 0.5 to 20 pixels
    shift = 39 * math.log(2) / math.log(40)
    near, far = (peak(sampler(blob(40, x, 0, width), torch.zeros(1, 2))) for x, width in ((5, 1.5), (10, 3.0)))
    assert near[0] == far[0] == 0
    assert far[1] - near[1] == pytest.approx(shift, abs=1)


def test_the_centre_moves_with_it_what_is_sampled():
    sampler = LogPolarSampler((28, 28))
    about_centre = sampler(blob(28, 5, 2), torch.zeros(1, 2))
    about_another = sampler(blob(28, 8, 0), torch.tensor([[3.0, -2.0]]))
    # Beyond the image's edge, where rays about another centre lead, it is black
    torch.testing.assert_close(about_another, about_centre, atol=0.01, rtol=0)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_quarter_turn_shifts_the_rows_round(quarters):
    images = torch.rand(2, 1, 28, 28)
    sampler, centre = LogPolarSampler((28, 28)), torch.zeros(2, 2)
    # Counter-clockwise on the screen is against the order of the rows
    expected = sampler(images, centre).roll(-16 * quarters, dims=2)
    torch.testing.assert_close(sampler(images.rot90(quarters, PLANE), centre), expected, atol=1e-4, rtol=0)


def test_the_convolution_closes_the_angles():
    layer = RoundConv2d(2, 3, 5)
    maps = torch.rand(1, 2, 16, 7)
    torch.testing.assert_close(layer(maps.roll(5, dims=2)), layer(maps).roll(5, dims=2))


@pytest.mark.parametrize("size", CANVASES, ids=str)
def test_scores_do_not_change_with_quarter_turns(size):
    torch.manual_seed(0)
    model = build_polar(1, 10, size, "smoke").eval()
    images = torch.rand(4, 1, *size)
    torch.testing.assert_close(model(images.rot90(2, PLANE)), model(images), atol=1e-3, rtol=1e-3)


def test_the_centre_follows_the_object():
    torch.manual_seed(0)
    model = build_polar(1, 10, (40, 40), "smoke").eval()
    object_ = torch.zeros(1, 1, 40, 40)
    object_[..., 15:25, 14:26] = torch.rand(10, 12)
    here, there = model.centre(torch.cat([object_, object_.roll((-3, 5), dims=PLANE)]))
    assert not torch.allclose(here, torch.zeros(2), atol=0.1)
    torch.testing.assert_close(there - here, torch.tensor([5.0, -3.0]), atol=1e-3, rtol=0)
