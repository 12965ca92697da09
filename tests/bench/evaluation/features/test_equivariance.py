"""Which units are valid in the moved image and in the moved features, counted one by one."""

import math
from itertools import product

import pytest
import torch
from torch import nn

from fixtures.known_networks import FIRST, LATTICED, QUARTERS, SECOND, stack, symmetric
from runbench.evaluation.features.equivariance import valid_units
from runbench.evaluation.layers import Layer, Reach
from runbench.suites import SUITES
from runbench.transforms.geometric import Rotation, Translation
from runbench.transforms.lattice import Lattice

SIDE = 24
IMAGE = Lattice(SIDE, SIDE)
REACHES = [Reach(1, -2, 2), Reach(4, -2, 3), Reach(5, 1, 3), Reach(2, 0, 4)]
CHANGES = [
    (Rotation(30.0), torch.empty(2, 0)),
    (Rotation(-100.0), torch.empty(2, 0)),
    (Translation(2.5), torch.tensor([[1.0, 0.0], [-1.0, 1.0]])),
]


def source_of(transform, draw, x, y):
    """Return where a place of the changed image comes from, by trigonometry."""
    if isinstance(transform, Translation):
        return x - transform.level * draw[0], y - transform.level * draw[1]
    middle = (SIDE - 1) / 2
    turn = math.radians(transform.level)
    right, up = x - middle, middle - y
    return (
        middle + right * math.cos(turn) + up * math.sin(turn),
        middle - up * math.cos(turn) + right * math.sin(turn),
    )


def neighbours(place):
    """Return the whole numbers between which a place is interpolated; close to one, that one alone."""
    near = round(place)
    return [near] if abs(place - near) < 1e-4 else [math.floor(place), math.ceil(place)]


def is_valid(transform, draw, reach, units, row, column):
    windows = [
        range(reach.first + reach.pitch * place, reach.last + reach.pitch * place + 1) for place in (row, column)
    ]

    def fits(place):
        return (
            0 <= place < units
            and reach.first + reach.pitch * place >= 0
            and (reach.last + reach.pitch * place < SIDE)
        )

    def seen(y, x):
        across, down = source_of(transform, draw, x, y)
        return all(0 <= one < SIDE for one in (*neighbours(across), *neighbours(down)))

    if not (fits(row) and fits(column) and all(seen(y, x) for y, x in product(*windows))):
        return False
    offset = (reach.first + reach.last) / 2
    places = source_of(transform, draw, reach.pitch * column + offset, reach.pitch * row + offset)
    return all(fits(unit) for place in places for unit in neighbours((place - offset) / reach.pitch))


@pytest.mark.parametrize("reach", REACHES, ids=str)
@pytest.mark.parametrize(("transform", "parameters"), CHANGES, ids=["turn", "back", "shift"])
def test_valid_units_depend_on_the_image_alone_before_and_after(transform, parameters, reach):
    units = (SIDE - 1 - reach.last) // reach.pitch + (2 if reach.first < 0 else 1)
    layer = Layer("layer", (3, units, units), reach)
    lattice = layer.lattice
    assert lattice is not None
    found = valid_units(layer, lattice, transform, parameters, transform.support(parameters, IMAGE, IMAGE)).expand(
        2, -1, -1, -1
    )
    for image, draw in enumerate(parameters.tolist()):
        expected = [
            [is_valid(transform, draw, reach, units, *place) for place in product([row], range(units))]
            for row in range(units)
        ]
        assert found[image, 0].tolist() == expected
    assert found.any()
    assert not found.all()


@pytest.mark.parametrize(
    ("suite", "levels"),
    [
        ("rotation", (0.0, 33.0, 100.0)),
        ("translation", (0.0, 0.5, 3.3)),
        ("scale", (1.0, 0.4, 0.7, 1.4)),
        ("shear", (0.0, 0.4, 1.0)),
        ("projective", (0.0, 3.0)),
        ("elastic", (0.0, 2.0)),
    ],
)
def test_a_convolution_of_single_pixels_is_equivariant_under_every_warp(measured, suite, levels):
    rows = measured(stack(nn.Conv2d(1, 6, 1), nn.ReLU(), nn.Conv2d(6, 3, 1)), suite, levels=levels, count=20)
    # What is said of single pixels by sums alone; what bends must not be resampled before
    assert rows.levels("equivariance_error", FIRST) == list(levels[1:])
    assert max(row["value"] for row in rows.all("equivariance_error", FIRST)) < 1e-5
    assert all(("floor" in row) == (suite != "elastic") for row in rows.all("equivariance_error"))
    assert all(row["floor"] > 0.01 for row in rows.all("equivariance_error") if "floor" in row)
    assert min(row["value"] for row in rows.all("equivariance_error", "network.2 (convolution)")) > 1e-4


@pytest.mark.parametrize(
    ("layers", "pitches"),
    [
        ((nn.Conv2d(1, 4, 5), nn.Conv2d(4, 4, 3)), (1, 1)),
        ((nn.Conv2d(1, 4, 5, padding=2), nn.Conv2d(4, 4, 3, padding=1)), (1, 1)),
        ((nn.Conv2d(1, 4, 5, stride=2), nn.Conv2d(4, 4, 3, stride=2, padding=1)), (2, 4)),
        ((nn.Conv2d(1, 4, 4, stride=2, padding=1), nn.Conv2d(4, 4, 2)), (2, 2)),
    ],
    ids=["valid", "same", "strided", "even"],
)
def test_convolutions_are_equivariant_on_the_exact_subset_of_shifts_and_only_there(measured, layers, pitches):
    levels = (0.0, 1.0, 2.0, 2.5, 4.0)
    rows = measured(stack(*layers), "translation", levels=levels, count=20)
    for layer, pitch in zip((FIRST, SECOND), pitches, strict=True):
        exact = [level for level in levels[1:] if level % pitch == 0]
        assert rows.levels("exact_equivariance_error", layer) == exact
        assert rows.levels("equivariance_error", layer) == list(levels[1:])
        for row in rows.all("exact_equivariance_error", layer):
            assert row["value"] < 1e-5
            assert rows.of("equivariance_error", layer, row["level"])["floor"] < 1e-5
        other = [row for row in rows.all("equivariance_error", layer) if row["level"] not in exact]
        assert all(row["value"] > 1e-3 for row in other if pitch > 1)


@pytest.mark.parametrize("stride", [1, 3])
def test_symmetric_convolutions_are_equivariant_to_quarter_turns_and_others_are_not(measured, stride):
    # 28 pixels and 4: the lattice of stride 3 begins and ends at the border, so turns take it onto itself
    layers = [nn.Conv2d(1, 4, 4, stride=stride, bias=False) for _ in range(2)]
    symmetric(layers[0])
    even, uneven = (measured(stack(layer), levels=QUARTERS, count=20) for layer in layers)
    assert even.levels("exact_equivariance_error", FIRST) == [-90, 90, 180]
    assert max(row["value"] for row in even.all("exact_equivariance_error", FIRST)) < 1e-5
    assert min(row["value"] for row in uneven.all("exact_equivariance_error", FIRST)) > 0.1
    assert even.of("equivariance_error", FIRST, 45.0)["value"] > 0.01


def test_a_lattice_that_does_not_turn_onto_itself_has_no_exact_subset(measured):
    # The last of 28 pixels is left over
    rows = measured(stack(symmetric(nn.Conv2d(1, 4, 3, stride=2, bias=False))), levels=QUARTERS, count=5)
    assert rows.levels("exact_equivariance_error") == []
    assert rows.levels("equivariance_error", FIRST) == [-90, 45, 90, 180]


def test_changes_that_move_no_coordinates_have_no_equivariance(measured):
    rows = measured(stack(nn.Conv2d(1, 4, 3)), "noise")
    assert all(rows.all(metric) == [] for metric in LATTICED)
    assert rows.levels("feature_distance", FIRST) == list(SUITES["noise"].levels)
