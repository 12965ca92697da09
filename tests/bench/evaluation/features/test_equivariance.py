"""Which units are valid in the moved image and in the moved features, counted one by one."""

import math
from itertools import product

import pytest
import torch

from runbench.evaluation.features.equivariance import valid_units
from runbench.evaluation.layers import Layer, Reach
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
