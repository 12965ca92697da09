import pytest
import torch

from runbench.models.layers.isotropic import HeatMaps, IsotropicConv2d, centroids

PLANE = (-2, -1)


def test_filters_depend_on_the_distance_alone():
    layer = IsotropicConv2d(1, 1, 7)
    impulse = torch.zeros(1, 1, 15, 15)
    impulse[..., 7, 7] = 1
    response = layer(impulse)[0, 0]
    for y, x in ((3, 0), (2, 1), (3, 2)):
        around = [response[7 + i * a, 7 + j * b] for i in (1, -1) for j in (1, -1) for a, b in ((y, x), (x, y))]
        torch.testing.assert_close(torch.stack(around), around[0].expand(8))
    # 3, 4, 5: two ways to the same distance, which a kernel of 11 holds
    wide = IsotropicConv2d(1, 1, 11).rings
    torch.testing.assert_close(wide[:, 5 + 5, 5], wide[:, 5 + 3, 5 + 4])


def test_rings_are_of_unit_norm():
    rings = IsotropicConv2d(1, 1, 7).rings
    torch.testing.assert_close(rings.square().sum(dim=(1, 2)), torch.ones(4))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_heat_maps_turn_with_the_image(quarters):
    maps = HeatMaps(1, maps=2).eval()
    images = torch.rand(2, 1, 9, 12)
    expected = maps(images).rot90(quarters, PLANE)
    torch.testing.assert_close(maps(images.rot90(quarters, PLANE)), expected, atol=1e-6, rtol=1e-4)


def test_heat_maps_move_with_the_object():
    maps = HeatMaps(1, maps=2)
    images = torch.zeros(1, 1, 30, 30)
    images[..., 10:14, 9:17] = torch.rand(4, 8)
    moved = maps(images.roll((5, -2), dims=PLANE))
    torch.testing.assert_close(moved, maps(images).roll((5, -2), dims=PLANE), atol=1e-6, rtol=1e-4)


def test_black_images_have_empty_maps():
    assert HeatMaps(1, maps=2)(torch.zeros(1, 1, 9, 9)).eq(0).all()


def test_heat_maps_sum_to_one():
    torch.testing.assert_close(HeatMaps(3, maps=2)(torch.rand(4, 3, 9, 8)).sum(dim=PLANE), torch.ones(4, 2))


def test_centroids_by_hand():
    maps = torch.zeros(1, 2, 3, 5)
    maps[0, 0, 0, 4] = 1
    maps[0, 1, 1, 1] = maps[0, 1, 2, 2] = 0.5
    assert centroids(maps).tolist() == [[[2.0, -1.0], [-0.5, 0.5]]]
