"""Every coordinate change acts alike on images and on the maps of layers, whose units sit on a lattice."""

import math
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d

from runbench.suites import SUITES
from runbench.transforms.base import CoordinateChange
from runbench.transforms.geometric import DIRECTIONS, Projective, Rotation, Scaling, Shear, Translation
from runbench.transforms.lattice import Lattice

NO_DRAWS = torch.empty(1, 0)
MOVES = [suite for suite in SUITES.values() if isinstance(suite.at(suite.levels[-1]), CoordinateChange)]

POOLED = Lattice(14, 14, pitch=2.0, offset=0.5)
"""Where the units of a 2x2 pooling of stride 2 sit in an image of 28 pixels."""

VALID = Lattice(24, 24, offset=2.0)
"""Where the units of a 5x5 convolution without padding sit."""


@pytest.fixture(params=MOVES, ids=[suite.name for suite in MOVES])
def suite(request):
    return request.param


def random_images(count, side):
    return torch.rand(count, 2, side, side, generator=torch.Generator().manual_seed(0))


def parameters(transform, count):
    return transform.sample_parameters(count, torch.Generator().manual_seed(4))


def smooth_images(count, side):
    """Return a bump off the centre of each image."""
    place = torch.arange(side) - side / 2
    bumps = [
        torch.exp(-((place - shift) ** 2) / 30)[:, None] * torch.exp(-(place**2) / 60) for shift in range(count)
    ]
    return torch.stack(bumps)[:, None]


def test_units_lie_row_by_row_x_before_y():
    points = Lattice(2, 3, pitch=4.0, offset=1.5).points(torch.device("cpu"))
    assert points.tolist() == [[1.5, 1.5], [5.5, 1.5], [9.5, 1.5], [1.5, 5.5], [5.5, 5.5], [9.5, 5.5]]


def test_places_among_units_undo_the_lattice():
    lattice = Lattice(2, 3, pitch=4.0, offset=1.5)
    places = lattice.units(lattice.points(torch.device("cpu")))
    assert places.tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_commute_with_pooling(quarters):
    images, turn = random_images(3, 28), Rotation(90.0 * quarters)
    table = torch.empty(3, 0)
    acted = turn.act(avg_pool2d(images, 2), table, POOLED, Lattice(28, 28))
    assert torch.allclose(avg_pool2d(turn(images, table), 2), acted, atol=1e-5)


@pytest.mark.parametrize("distance", [2.0, 4.0])
def test_shifts_by_whole_pitches_commute_with_pooling(distance):
    images, shift = random_images(8, 28), Translation(distance)
    table = torch.tensor(DIRECTIONS, dtype=torch.float32)
    acted = shift.act(avg_pool2d(images, 2), table, POOLED, Lattice(28, 28))
    assert torch.allclose(avg_pool2d(shift(images, table), 2), acted, atol=1e-5)


def test_a_pooled_map_moves_by_the_shift_over_the_pitch():
    features = torch.arange(16.0).reshape(1, 1, 4, 4)
    acted = Translation(4.0).act(features, torch.tensor([[1.0, 0.0]]), Lattice(4, 4, 2.0, 0.5), Lattice(8, 8))
    by_hand = [[0, 0, 0, 1], [0, 0, 4, 5], [0, 0, 8, 9], [0, 0, 12, 13]]
    assert torch.allclose(acted[0, 0], torch.tensor(by_hand, dtype=torch.float32), atol=1e-5)


def test_quarter_turns_and_shifts_commute_with_a_convolution_without_padding():
    images, table = random_images(3, 28), torch.tensor([[1.0, 0.0], [0.0, -1.0], [-1.0, 1.0]])
    turned = avg_pool2d(Rotation(90.0)(images, torch.empty(3, 0)), 5, stride=1)
    acted = Rotation(90.0).act(avg_pool2d(images, 5, stride=1), torch.empty(3, 0), VALID, Lattice(28, 28))
    assert torch.allclose(turned, acted, atol=1e-5)
    shifted = avg_pool2d(Translation(3.0)(images, table), 5, stride=1)
    acted = Translation(3.0).act(avg_pool2d(images, 5, stride=1), table, VALID, Lattice(28, 28))
    # Only units that see nothing of the black that came in are to agree
    assert torch.allclose(shifted[..., 4:-4, 4:-4], acted[..., 4:-4, 4:-4], atol=1e-5)


@pytest.mark.parametrize("transform", [Rotation(10.0), Shear(0.3), Projective(3.0), Scaling(1.2)], ids=str)
def test_smooth_images_nearly_commute_with_pooling(transform):
    images, image = smooth_images(4, 28), Lattice(28, 28)
    table, pooled = parameters(transform, 4), avg_pool2d(images, 2)
    moved = avg_pool2d(transform(images, table), 2)
    acted = transform.act(pooled, table, POOLED, image)
    assert (moved - acted).norm() / pooled.norm() < 0.03
    assert (moved - pooled).norm() / pooled.norm() > 0.06


def test_deformations_act_on_pooled_maps_as_on_images():
    transform: Any = SUITES["elastic"].at(2.0)
    image = Lattice(28, 28)
    images, table = smooth_images(4, 28), parameters(transform, 4)
    moved, pooled = avg_pool2d(transform(images, table), 2), avg_pool2d(images, 2)
    assert (moved - transform.act(pooled, table, POOLED, image)).norm() / pooled.norm() < 0.03
    assert (moved - pooled).norm() / pooled.norm() > 0.1


def test_a_pointwise_convolution_commutes_with_every_coordinate_change(suite):
    images = torch.rand(6, 1, suite.canvas, suite.canvas, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    mix = nn.Conv2d(1, 3, kernel_size=1, bias=False)
    image = Lattice(suite.canvas, suite.canvas)
    for level in suite.levels:
        transform = suite.at(level)
        table = parameters(transform, 6)
        with torch.no_grad():
            features = mix(images)
            # Channels of either sign, which images do not have
            assert features.amin() < 0 < features.amax()
            acted = transform.act(features, table, image, image)
            assert torch.allclose(mix(transform.act(images, table, image, image)), acted, atol=1e-5)


def test_images_move_as_feature_maps_on_their_own_lattice_do(suite):
    image = Lattice(suite.canvas, suite.canvas)
    images = random_images(6, suite.canvas)
    for level in suite.levels:
        transform = suite.at(level)
        table = parameters(transform, 6)
        sigma = transform.smoothing(torch.tensor([level]), table)
        # Shrunk images alone are smoothed before
        if sigma is None or (sigma == 0).all():
            acted = transform.act(images, table, image, image)
            assert torch.allclose(transform(images, table), acted, atol=1e-5)


@pytest.mark.parametrize(
    ("pitch", "offset", "units"), [(1.0, 0.0, 28), (2.0, 0.5, 14), (1.0, 2.0, 24), (3.0, 4.0, 7)]
)
def test_a_map_of_places_comes_from_where_the_inverse_matrix_says(pitch, offset, units):
    lattice, image = Lattice(units, units, pitch, offset), Lattice(28, 28)
    index = torch.arange(units, dtype=torch.float64) * pitch + offset
    y, x = torch.meshgrid(index, index, indexing="ij")
    places = torch.stack((x, y)).float()[None]
    for transform in (Rotation(25.0), Scaling(0.8), Shear(0.4), Projective(5.0), Translation(1.7)):
        table = parameters(transform, 1)
        matrix = transform.matrix(torch.tensor([transform.level]), table, image)[0].double()
        homogeneous = torch.linalg.solve(matrix, torch.stack((x, y, torch.ones_like(x))).flatten(1))
        sources = (homogeneous[:2] / homogeneous[2:]).reshape(2, units, units)
        # Bilinear interpolation keeps what is linear, so a map of x and y tells where its values come from
        acted = transform.act(places, table, lattice, image)[0]
        inside = transform.support(table, lattice, image)[0, 0]
        assert torch.allclose(acted.double()[:, inside], sources[:, inside], atol=1e-3)
        last = offset + pitch * (units - 1)
        surely = ((sources > offset + 1e-3) & (sources < last - 1e-3)).all(dim=0)
        never = ((sources < offset - 1e-2) | (sources > last + 1e-2)).any(dim=0)
        assert inside[surely].all()
        assert not inside[never].any()


def test_support_marks_what_comes_from_inside():
    image = Lattice(28, 28)
    support = Rotation(45.0).support(NO_DRAWS, image, image)[0, 0]
    assert support[14, 14]
    assert not support[0, 0]
    assert not support[27, 27]
    assert Rotation(90.0).support(NO_DRAWS, image, image).all()
    shifted = Translation(4.0).support(torch.tensor([[1.0, 0.0], [0.0, -1.0]]), POOLED, image)
    assert shifted[0, 0].all(dim=0).tolist() == [False] * 2 + [True] * 12
    assert shifted[1, 0].all(dim=1).tolist() == [True] * 12 + [False] * 2


def test_black_comes_in_where_the_support_ends(suite):
    image = Lattice(suite.canvas, suite.canvas)
    transform = suite.at(suite.levels[-1])
    table = parameters(transform, 6)
    white = transform.act(torch.ones(6, 1, suite.canvas, suite.canvas), table, image, image)
    support = transform.support(table, image, image).expand(6, -1, -1, -1)
    assert torch.equal(support, white > 1 - 1e-4)
    assert math.isclose(white[support].min().item(), 1, abs_tol=1e-3)
