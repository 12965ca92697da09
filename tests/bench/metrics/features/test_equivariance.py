"""Errors, floors and the exact subset, on features whose answer is known."""

import pytest
import torch
from torch.nn.functional import avg_pool2d, conv2d

from runbench.metrics.features.equivariance import equivariance_terms, is_exact
from runbench.transforms.deformation import ThinPlate
from runbench.transforms.geometric import Projective, RandomAffine, Rotation, Scaling, Shear, Translation
from runbench.transforms.lattice import Lattice

SIDE = 20
IMAGE = Lattice(SIDE, SIDE)
HALVED = Lattice(10, 10, pitch=2.0, offset=0.5)
"""Where the units of a 2x2 pooling sit."""
ALL = torch.ones(1, 1, SIDE, SIDE, dtype=torch.bool)

WARPS = [
    Rotation(33.0),
    Rotation(-120.0),
    Translation(2.5),
    Scaling(1.3),
    # Shrinking smooths, images and features alike
    Scaling(0.6),
    Shear(0.4),
    Projective(3.0),
    RandomAffine(1.0, rotation=20.0, shear=0.2, scale=(0.8, 1.2), shift=2.0),
    ThinPlate(1.5),
]


def named(transform):
    return f"{type(transform).__name__} {transform.level}"


def random_maps(count, channels, side=SIDE, seed=0):
    return torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(seed))


def draws_of(transform, count):
    return transform.sample_parameters(count, torch.Generator().manual_seed(4))


def norms(values, counted):
    """Return each image's norm over the units that count, added up one by one."""
    counted = counted.expand(len(values), 1, *values.shape[-2:])
    return [
        sum(float(unit.double().square().sum()) for unit in image[:, where[0]].T) ** 0.5
        for image, where in zip(values, counted, strict=True)
    ]


@pytest.mark.parametrize("transform", WARPS, ids=named)
def test_a_convolution_of_single_pixels_is_equivariant_under_every_warp(transform):
    images, parameters = random_maps(4, 3).sigmoid(), draws_of(transform, 4)
    kernel = torch.randn(8, 3, 1, 1, generator=torch.Generator().manual_seed(1))
    of_moved, reference = (conv2d(one, kernel) for one in (transform(images, parameters), images))
    valid = transform.support(parameters, IMAGE, IMAGE)
    terms = equivariance_terms(of_moved, reference, transform, parameters, IMAGE, IMAGE, valid)
    assert (terms.error / terms.norm).max() < 1e-5
    assert terms.norm.tolist() == pytest.approx(norms(reference, valid), rel=1e-5)


def test_a_bias_is_equivariant_where_no_black_comes_in():
    transform, images = Rotation(33.0), random_maps(2, 1).sigmoid()
    parameters = draws_of(transform, 2)
    valid = transform.support(parameters, IMAGE, IMAGE)
    terms = [
        equivariance_terms(
            transform(images, parameters) + 1, images + 1, transform, parameters, IMAGE, IMAGE, counted
        )
        for counted in (valid, ALL)
    ]
    assert (terms[0].error / terms[0].norm).max() < 1e-5
    assert (terms[1].error / terms[1].norm).min() > 0.05


def test_what_differs_is_counted_on_valid_units_alone():
    transform, reference = Translation(1.0), random_maps(2, 3)
    parameters = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    right, down = (torch.zeros(3, SIDE, SIDE) for _ in range(2))
    right[:, :, 1:], down[:, 1:] = reference[0, :, :, :-1], reference[1, :, :-1]
    off = random_maps(2, 3, seed=9)
    valid = torch.rand(2, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2)) < 0.5
    of_moved = torch.stack((right, down)) + off
    error, _, norm = equivariance_terms(of_moved, reference, transform, parameters, IMAGE, IMAGE, valid)
    assert error.tolist() == pytest.approx(norms(off, valid), rel=1e-5)
    assert norm.tolist() == pytest.approx(norms(reference, valid), rel=1e-5)


def test_features_that_stay_put_are_as_wrong_as_the_moved_ones_differ():
    transform, reference = Rotation(90.0), random_maps(3, 2)
    terms = equivariance_terms(reference, reference, transform, draws_of(transform, 3), IMAGE, IMAGE, ALL)
    expected = norms(reference - torch.rot90(reference, 1, (2, 3)), ALL)
    assert terms.error.tolist() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("transform", WARPS[:-1], ids=named)
def test_the_floor_is_what_moving_there_and_back_costs(transform):
    reference, parameters = random_maps(5, 3), draws_of(transform, 5)
    valid = transform.support(parameters, IMAGE, IMAGE)
    moved = transform.act(reference, parameters, IMAGE, IMAGE)
    # Images that are features: the inverse of images also cuts to what a pixel can be
    back = transform.invert(moved.sigmoid(), parameters)
    there = transform.invert(valid.float().expand(5, 1, -1, -1), parameters) > 1 - 1e-4
    counted = valid & there
    assert counted.flatten(1).any(dim=1).all()
    terms = equivariance_terms(moved, reference, transform, parameters, IMAGE, IMAGE, valid)
    again = transform.act_back(moved, parameters, IMAGE, IMAGE)
    cost = torch.tensor(norms(again - reference, counted)) / torch.tensor(norms(reference, counted))
    assert torch.allclose(terms.floor / terms.norm, cost, rtol=1e-4)
    assert cost.min() > 0.1
    assert torch.allclose(transform.act_back(moved.sigmoid(), parameters, IMAGE, IMAGE), back, atol=1e-5)


@pytest.mark.parametrize("transform", [Rotation(90.0), Rotation(180.0), Translation(3.0)], ids=named)
def test_the_floor_is_zero_where_nothing_is_resampled(transform):
    reference, parameters = random_maps(3, 3), draws_of(transform, 3)
    moved = transform.act(reference, parameters, IMAGE, IMAGE)
    terms = equivariance_terms(moved, reference, transform, parameters, IMAGE, IMAGE, ALL)
    assert terms.error.eq(0).all()
    assert (terms.floor / terms.norm).max() < 1e-5


def test_a_change_without_an_inverse_has_no_floor():
    transform, reference = ThinPlate(1.0), random_maps(2, 1)
    terms = equivariance_terms(reference, reference, transform, draws_of(transform, 2), IMAGE, IMAGE, ALL)
    assert terms.floor.isnan().all()
    assert terms.error.isfinite().all()


def test_where_no_unit_comes_back_there_is_no_floor():
    transform, reference = Translation(15.0), random_maps(1, 1)
    parameters = torch.tensor([[1.0, 0.0]])
    valid = transform.support(parameters, IMAGE, IMAGE)
    terms = equivariance_terms(reference, reference, transform, parameters, IMAGE, IMAGE, valid)
    assert valid.any()
    assert terms.floor.isnan().all()


def test_valid_units_may_be_the_same_for_all_images():
    transform, reference = Translation(1.5), random_maps(3, 2)
    parameters = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    valid = torch.rand(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2)) < 0.9
    one, each = (
        equivariance_terms(reference, reference, transform, parameters, IMAGE, IMAGE, counted)
        for counted in (valid, valid.expand(3, -1, -1, -1))
    )
    assert all(torch.equal(*pair) for pair in zip(one, each, strict=True))


@pytest.mark.parametrize("transform", [Rotation(90.0), Rotation(180.0), Translation(2.0)], ids=named)
def test_pooling_is_equivariant_on_its_own_lattice_and_not_on_a_wrong_one(transform):
    images = random_maps(4, 1).sigmoid()
    parameters = torch.tensor([[1.0, 0.0], [0.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])[
        :, : draws_of(transform, 1).shape[1]
    ]
    of_moved, reference = (avg_pool2d(one, 2) for one in (transform(images, parameters), images))
    errors = []
    for lattice in (HALVED, Lattice(10, 10, pitch=2.0, offset=-1.0)):
        valid = transform.support(parameters, lattice, IMAGE)
        terms = equivariance_terms(of_moved, reference, transform, parameters, lattice, IMAGE, valid)
        errors.append(terms.error / terms.norm)
    assert errors[0].max() < 1e-5
    assert isinstance(transform, Translation) or errors[1].min() > 0.01


@pytest.mark.parametrize(
    ("transform", "lattice", "exact"),
    [
        (Rotation(90.0), IMAGE, True),
        (Rotation(-180.0), HALVED, True),
        (Rotation(360.0), HALVED, True),
        (Rotation(45.0), IMAGE, False),
        (Rotation(89.9), IMAGE, False),
        # The lattice is not symmetric about the middle of the image
        (Rotation(90.0), Lattice(10, 10, pitch=2.0, offset=0.0), False),
        # Units between the middle's own symmetric places, three pixels apart
        (Rotation(90.0), Lattice(6, 6, pitch=3.0, offset=2.0), True),
        (Translation(2.0), HALVED, True),
        (Translation(1.0), HALVED, False),
        (Translation(1.0), IMAGE, True),
        (Translation(0.5), IMAGE, False),
        # Whole units of a lattice finer than the image are no whole pixels
        (Translation(0.5), Lattice(40, 40, pitch=0.5, offset=-0.25), False),
        # Every unit comes from another, but neighbours do not stay neighbours
        (Scaling(0.5), Lattice(19, 19), False),
        (Shear(1.0), Lattice(19, 19), False),
        # Places between pixels
        (Scaling(2.0), IMAGE, False),
        (Projective(1.0), IMAGE, False),
        (ThinPlate(1.0), IMAGE, False),
    ],
    ids=str,
)
def test_the_exact_subset(transform, lattice, exact):
    image = lattice if lattice.height % 2 else IMAGE
    assert is_exact(transform, draws_of(transform, 6), lattice, image) is exact


def test_no_change_that_smooths_is_exact():
    class Smoothing(type(Rotation(0.0))):
        def smoothing(self, levels, parameters):
            return torch.tensor([0.5])

    assert not is_exact(Smoothing(90.0), torch.empty(2, 0), IMAGE, IMAGE)
    assert is_exact(Rotation(90.0), torch.empty(2, 0), IMAGE, IMAGE)


def test_one_image_that_is_resampled_spoils_the_exactness_of_all():
    parameters = torch.tensor([[1.0, 0.0], [0.5, 0.0]])
    assert is_exact(Translation(1.0), parameters[:1], IMAGE, IMAGE)
    assert not is_exact(Translation(1.0), parameters, IMAGE, IMAGE)
