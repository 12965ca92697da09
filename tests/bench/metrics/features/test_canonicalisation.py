"""Canonicalisers whose error is known, from matrices and from what they see."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import affine_grid, grid_sample

from runbench.metrics.features.canonicalisation import (
    canonicalisation_errors,
    homogeneous,
    normalised,
    recovered_correlation_angle,
    recovered_correlation_log_scale,
)
from runbench.transforms.geometric import (
    Projective,
    RandomAffine,
    RandomProjective,
    Rotation,
    Scaling,
    Shear,
    Translation,
)
from runbench.transforms.lattice import Lattice

SIZE = (20, 30)
IMAGE = Lattice(*SIZE)
TURNS = torch.tensor([-120.0, -60.0, 0.0, 60.0, 120.0, 180.0], dtype=torch.float64)
FACTORS = torch.tensor([0.4, 0.7, 1.0, 1.4], dtype=torch.float64)

CHANGES = [
    Rotation(33.0),
    Translation(3.0),
    Scaling(0.6),
    Shear(0.4),
    Projective(3.0),
    RandomAffine(1.0, rotation=20.0, shear=0.2, scale=(0.8, 1.2), shift=2.0),
    RandomProjective(0.5, corners=5 / 28, scale=(0.75, 1.0)),
]


def named(transform):
    return type(transform).__name__


def matrices(transform, count=5, image=IMAGE):
    """Return the change's matrices (count, 3, 3), in pixels."""
    parameters = transform.sample_parameters(count, torch.Generator().manual_seed(4))
    return transform.matrix(torch.tensor([transform.level]), parameters, image).expand(count, 3, 3)


def chosen(count=5, seed=0):
    """Return some transformations (count, 3, 3) that a model may choose for images that are not changed."""
    source = torch.Generator().manual_seed(seed)
    return torch.eye(3) + 0.2 * torch.randn(count, 3, 3, generator=source)


def in_edges(matrix):
    """Return a matrix in pixels of the image in coordinates in which -1 and 1 are the outer edges."""
    height, width = SIZE
    # Pixel 0 has its outer edge at -0.5, the last at side - 0.5
    corners = torch.tensor(
        [[-0.5, -0.5, 1], [width - 0.5, -0.5, 1], [-0.5, height - 0.5, 1]], dtype=torch.float64
    ).T
    edges = torch.tensor([[-1.0, -1, 1], [1, -1, 1], [-1, 1, 1]], dtype=torch.float64).T
    to = edges @ corners.inverse()
    return to @ matrix.double() @ to.inverse()


@pytest.mark.parametrize("change", CHANGES, ids=named)
def test_normalised_coordinates_end_at_the_outer_edges(change):
    matrix = matrices(change)
    assert torch.allclose(normalised(matrix.double(), SIZE), in_edges(matrix), atol=1e-9)


def test_a_shift_of_one_pixel_is_two_over_the_side():
    right = torch.tensor([[1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    assert torch.allclose(normalised(right, SIZE)[:2, 2], torch.tensor([2 / 30, 0.0]), atol=1e-6)


@pytest.mark.parametrize("change", CHANGES, ids=named)
@pytest.mark.parametrize("scale", [1.0, -4.0])
def test_who_undoes_the_change_has_no_error(change, scale):
    theta = chosen()
    # What the model looks at in the changed image is where the change has put what it looked at before
    undoing = scale * (in_edges(matrices(change)) @ theta.double())
    errors = canonicalisation_errors(undoing, theta, matrices(change), SIZE)
    assert errors.shape == (5,)
    assert errors.abs().max() < 1e-5


@pytest.mark.parametrize("change", CHANGES, ids=named)
def test_who_doubles_the_change_or_does_not_react_has_one(change):
    theta = chosen()
    doubling = in_edges(matrices(change)).inverse() @ theta.double()
    assert canonicalisation_errors(doubling, theta, matrices(change), SIZE).min() > 0.05
    assert canonicalisation_errors(theta, theta, matrices(change), SIZE).min() > 0.05


@pytest.mark.parametrize(
    ("change", "quarters"), [(Rotation(90.0), 1), (Rotation(-90.0), -1), (Rotation(180.0), 2)], ids=str
)
def test_without_error_the_turned_image_looks_as_the_upright_one(change, quarters):
    image = Lattice(12, 12)
    images = torch.rand(3, 1, 12, 12, generator=torch.Generator().manual_seed(1))
    theta = torch.eye(3).expand(3, 3, 3)
    undoing = normalised(matrices(change, 3, image).double(), (12, 12)).float()
    assert canonicalisation_errors(undoing, theta, matrices(change, 3, image), (12, 12)).max() < 1e-5
    turned = torch.rot90(images, quarters, (2, 3))
    grid = affine_grid(undoing[:, :2], list(images.shape), align_corners=False)
    assert torch.allclose(grid_sample(turned, grid, align_corners=False), images, atol=1e-4)


def test_without_error_the_moved_image_looks_as_before():
    images = torch.zeros(1, 1, *SIZE)
    images[:, :, 5:15, 5:20] = torch.rand(10, 15, generator=torch.Generator().manual_seed(1))
    change = torch.tensor([[[1.0, 0, 4], [0, 1, -3], [0, 0, 1]]])
    undoing = torch.tensor([[[1.0, 0, 4 * 2 / 30], [0, 1, -3 * 2 / 20], [0, 0, 1]]])
    assert canonicalisation_errors(undoing, torch.eye(3)[None], change, SIZE).item() == pytest.approx(0, abs=1e-6)
    moved = images.roll((-3, 4), dims=(2, 3))
    grid = affine_grid(undoing[:, :2], list(images.shape), align_corners=False)
    assert torch.allclose(grid_sample(moved, grid, align_corners=False), images, atol=1e-5)


def test_not_to_react_costs_the_distance_of_the_change_from_none():
    same = torch.eye(3).expand(2, 3, 3)
    moves = torch.eye(3).repeat(2, 1, 1)
    moves[:, :2, 2] = torch.tensor([[3.0, 0.0], [3.0, -4.0]])
    expected = [3 * 2 / 30, math.hypot(3 * 2 / 30, 4 * 2 / 20)]
    assert canonicalisation_errors(same, same, moves, SIZE).tolist() == pytest.approx(expected, rel=1e-5)
    image = Lattice(28, 28)
    turned = canonicalisation_errors(same, same, matrices(Rotation(40.0), 2, image), (28, 28))
    # Four entries: twice 1 - cosine, twice a sine
    distance = math.sqrt(2 * (1 - math.cos(math.radians(40))) ** 2 + 2 * math.sin(math.radians(40)) ** 2)
    assert turned.tolist() == pytest.approx([distance] * 2, rel=1e-5)


def test_affine_matrices_get_their_last_row_and_projective_ones_keep_theirs():
    theta = chosen(4)
    assert torch.equal(homogeneous(theta), theta)
    affine = homogeneous(theta[:, :2])
    assert torch.equal(affine[:, :2], theta[:, :2])
    assert affine[:, 2].tolist() == [[0, 0, 1]] * 4


def orbit(change, levels, count=6):
    """Return matrices (count, L, 3, 3) chosen by a model that undoes each level, on top of its own choice."""
    begin = homogeneous(chosen(count)[:, :2]).double()
    steps = torch.stack([normalised(matrices(change(float(level)), 1)[0].double(), (28, 28)) for level in levels])
    return steps @ begin[:, None]


def test_who_undoes_every_turn_follows_it():
    theta = homogeneous(torch.eye(3)[None, :2]).double().expand(6, 3, 3)
    image = Lattice(28, 28)
    steps = torch.stack(
        [normalised(matrices(Rotation(float(level)), 1, image)[0].double(), (28, 28)) for level in TURNS]
    )
    followed = recovered_correlation_angle(steps @ theta[:, None], TURNS, 2)
    assert followed.shape == (1001,)
    assert followed == pytest.approx(np.ones(1001), abs=1e-9)
    against = recovered_correlation_angle(steps.inverse() @ theta[:, None], TURNS, 2)
    assert against[0] == pytest.approx(-1)


def test_who_undoes_every_scaling_follows_it():
    followed = recovered_correlation_log_scale(orbit(Scaling, FACTORS), FACTORS, 2)
    assert followed == pytest.approx(np.ones(1001), abs=1e-9)
    against = recovered_correlation_log_scale(orbit(Scaling, 1 / FACTORS), FACTORS, 2)
    assert against[0] == pytest.approx(-1)


@pytest.mark.parametrize(
    ("follow", "levels"), [(recovered_correlation_angle, TURNS), (recovered_correlation_log_scale, FACTORS)]
)
def test_who_does_not_react_follows_nothing(follow, levels):
    still = torch.eye(3, dtype=torch.float64).expand(6, len(levels), 3, 3)
    assert follow(still, levels, 2)[0] == 0


@pytest.mark.parametrize(
    ("follow", "levels"), [(recovered_correlation_angle, TURNS), (recovered_correlation_log_scale, FACTORS)]
)
def test_matrices_that_are_not_finite_are_left_out_and_may_be_all(follow, levels):
    theta = orbit(Rotation if follow is recovered_correlation_angle else Scaling, levels)
    broken = torch.cat((theta, torch.full((2, len(levels), 3, 3), torch.nan, dtype=torch.float64)))
    assert np.array_equal(follow(broken, levels, 2), follow(theta, levels, 2))
    assert np.isnan(follow(broken[-2:], levels, 2)).all()


def test_resamples_are_of_whole_images():
    noise = 0.2 * torch.randn(40, 4, 3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    theta = orbit(Scaling, FACTORS, 40) + noise
    resamples = recovered_correlation_log_scale(theta, FACTORS, 2)
    assert 0.3 < resamples[0] < 0.99
    assert resamples[1:].std() > 0.003
    assert np.quantile(resamples[1:], 0.05) < resamples[0] < np.quantile(resamples[1:], 0.95)
