import pytest
import torch
from scipy.ndimage import gaussian_filter

from runbench.transforms.lattice import Lattice
from runbench.transforms.warping import about_centre, invert, move, smooth, warp

IMAGES = torch.rand(3, 2, 5, 7, generator=torch.Generator().manual_seed(0))
PIXELS = Lattice(5, 7).points(torch.device("cpu"))
QUARTER = torch.tensor([[[0.0, -1.0], [1.0, 0.0]]])


def test_pixels_that_come_from_their_own_place_stay_and_those_from_between_are_a_mean():
    torch.testing.assert_close(warp(IMAGES, PIXELS[None]), IMAGES)
    between = warp(IMAGES, PIXELS[None] + torch.tensor([0.5, 0.0]))
    torch.testing.assert_close(between[..., :-1], (IMAGES[..., :-1] + IMAGES[..., 1:]) / 2)
    torch.testing.assert_close(between[..., -1], IMAGES[..., -1] / 2)


def test_one_table_of_places_for_all_is_as_a_table_for_each():
    places = PIXELS[None] * 0.8 + 0.3
    torch.testing.assert_close(warp(IMAGES, places), warp(IMAGES, places.repeat(3, 1, 1)))


def test_homogeneous_matrices_divide_by_the_last_coordinate():
    matrix = torch.tensor([[[2.0, 0, 1], [0, 3, 0], [0, 0, 2]]])
    assert move(torch.tensor([[1.0, 2.0]]), matrix).tolist() == [[[1.5, 3.0]]]


def test_an_inverse_takes_points_back():
    matrix = torch.tensor([[[1.0, 0.2, 3], [-0.1, 0.9, 1], [0.01, 0.02, 1]]])
    torch.testing.assert_close(move(move(PIXELS, matrix)[0], invert(matrix))[0], PIXELS)


def test_a_linear_map_keeps_the_centre_and_turns_the_rest_about_it():
    matrix = about_centre(QUARTER, 5, 7)
    points = torch.tensor([[3.0, 2.0], [4.0, 2.0]])
    torch.testing.assert_close(move(points, matrix)[0], torch.tensor([[3.0, 2.0], [3.0, 3.0]]))


@pytest.mark.parametrize("sigma", [0.5, 1.5])
def test_smoothing_is_a_gaussian_and_keeps_plain_areas(sigma):
    point = torch.zeros(1, 1, 41, 41)
    point[..., 20, 20] = 1
    expected = torch.from_numpy(gaussian_filter(point.numpy(), (0, 0, sigma, sigma), truncate=9))
    torch.testing.assert_close(smooth(point, torch.tensor([sigma])), expected, atol=1e-5, rtol=1e-3)
    plain = torch.full((1, 1, 5, 7), 0.7)
    torch.testing.assert_close(smooth(plain, torch.tensor([sigma])), plain)


def test_smoothing_by_nothing_changes_nothing():
    torch.testing.assert_close(smooth(IMAGES, torch.tensor([0.0])), IMAGES)
