from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from runbench.data.scenes import lay_scenes
from runbench.suites import SUITES
from runbench.transforms.parts import Apart, Exchange, Halves

PARTS = [suite for suite in SUITES.values() if suite.group == "parts"]

IN_TURN = [number / 10 for number in range(1, 10)]
"""Draws that let the tiles of a grid change places in the order of rows."""


@pytest.fixture(params=PARTS, ids=[suite.name for suite in PARTS])
def suite(request):
    return request.param


def moved(transform, draw, rows):
    images = torch.tensor(rows, dtype=torch.float32)[None, None] / 100
    return (transform(images, torch.tensor([draw], dtype=torch.float32)) * 100).round().int()[0, 0].tolist()


def colours(side, canvas, first):
    """Return an image whose pixels in a square all differ, and are brighter than the black around it."""
    image = torch.zeros(1, 1, canvas, canvas)
    square = torch.arange(1.0, side * side + 1).reshape(side, side) / (side * side)
    image[:, :, first : first + side, first : first + side] = square
    return image


def tiles(image, grid, side, first):
    """Return which tile each tile's pixels come from, by their colours; None for a tile of several."""
    was = (image[0, 0, first : first + side, first : first + side] * side * side).round().int() - 1
    origin = was // side // (side // grid) * grid + was % side // (side // grid)
    return [
        int(origin[row : row + side // grid, column : column + side // grid].unique())
        for row in range(0, side, side // grid)
        for column in range(0, side, side // grid)
    ]


def test_no_ink_is_lost_and_no_pixel_changes(suite, lay):
    images = lay(suite, 300)
    parameters = suite.at(0.0).sample_parameters(300, torch.Generator().manual_seed(0))
    before = images.flatten(1).sort().values
    for level in (*suite.levels, suite.domain[1]):
        changed = suite.at(level)(images, parameters)
        # The same pixels in other places have the same sum, in any order of adding
        assert torch.equal(changed.flatten(1).sort().values, before)


def test_no_ink_is_lost_of_images_that_are_filled(suite, digits):
    source = torch.Generator().manual_seed(0)
    grey = torch.randint(1, 256, (50, 1, 28, 28), dtype=torch.uint8, generator=source)
    scenes = lay_scenes(replace(digits.first(50), images=grey), suite.fit(28, 28), 1, source)
    images = scenes.images(torch.arange(50)).float() / 255
    parameters = suite.at(0.0).sample_parameters(50, torch.Generator().manual_seed(0))
    for level in (suite.levels[-1], suite.domain[1]):
        changed = suite.at(level)(images, parameters)
        assert torch.equal(changed.flatten(1).sort().values, images.flatten(1).sort().values)


def test_four_tiles_move_to_the_corners():
    together = [
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 2, 3, 0],
        [0, 0, 4, 5, 6, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    apart = [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 2, 0, 0, 3],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 4, 5, 0, 0, 6],
        [0, 0, 0, 0, 0, 0],
    ]
    assert moved(Apart(1.0), [2], together) == apart


def test_eight_of_nine_tiles_leave_the_middle_one():
    together = [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 2, 3, 4, 0],
        [0, 5, 6, 7, 8, 0],
        [0, 9, 10, 11, 12, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    apart = [
        [1, 0, 2, 3, 0, 4],
        [0, 0, 0, 0, 0, 0],
        [5, 0, 6, 7, 0, 8],
        [0, 0, 0, 0, 0, 0],
        [9, 0, 10, 11, 0, 12],
        [0, 0, 0, 0, 0, 0],
    ]
    assert moved(Apart(1.0), [3], together) == apart


CUT = [
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 1, 2, 0, 0],
    [0, 0, 3, 4, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
]


@pytest.mark.parametrize(
    ("draw", "slid"),
    [
        # Cut from left to right, the lower half slides to the right for 1, to the left for -1
        ([1, 1], [(2, 1, 1), (2, 2, 2), (3, 4, 3), (3, 5, 4)]),
        ([1, -1], [(2, 3, 1), (2, 4, 2), (3, 0, 3), (3, 1, 4)]),
        # Cut downwards, the right half slides down for 1, up for -1
        ([0, 1], [(1, 2, 1), (2, 2, 3), (4, 3, 2), (5, 3, 4)]),
        ([0, -1], [(3, 2, 1), (4, 2, 3), (0, 3, 2), (1, 3, 4)]),
    ],
)
def test_halves_slide_against_each_other_by_the_level(draw, slid):
    by_hand = torch.zeros(6, 6, dtype=torch.int)
    for row, column, value in slid:
        by_hand[row, column] = value
    assert moved(Halves(3.0), draw, CUT) == by_hand.tolist()


def test_of_an_odd_number_of_rows_the_upper_half_has_one_more():
    together = [[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 7, 8, 9, 0], [0, 0, 0, 0, 0]]
    to_the_right = [[0, 0, 0, 0, 0], [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0, 0, 7, 8, 9], [0, 0, 0, 0, 0]]
    down = [[0, 0, 0, 0, 0], [0, 1, 2, 0, 0], [0, 4, 5, 3, 0], [0, 7, 8, 6, 0], [0, 0, 0, 9, 0]]
    # One pixel cannot be halved: what lies behind the cut moves
    assert moved(Halves(1.0), [1, 1], together) == to_the_right
    assert moved(Halves(1.0), [0, 1], together) == down


def test_tiles_exchange_what_they_hold():
    before = [
        [0, 0, 0, 0, 0],
        [0, 1, 2, 3, 4],
        [0, 5, 6, 7, 8],
        [0, 9, 10, 11, 12],
        [0, 13, 14, 15, 16],
    ]
    two = [
        [0, 0, 0, 0, 0],
        [0, 3, 4, 1, 2],
        [0, 7, 8, 5, 6],
        [0, 9, 10, 11, 12],
        [0, 13, 14, 15, 16],
    ]
    all_four = [
        [0, 0, 0, 0, 0],
        [0, 3, 4, 9, 10],
        [0, 7, 8, 13, 14],
        [0, 11, 12, 1, 2],
        [0, 15, 16, 5, 6],
    ]
    assert moved(Exchange(0.5), [2, *IN_TURN], before) == two
    assert moved(Exchange(1.0), [2, *IN_TURN], before) == all_four


def test_the_box_grows_until_its_tiles_are_of_one_size():
    before = [[0, 0, 0, 0], [0, 1, 2, 3], [0, 4, 5, 6], [0, 7, 8, 9]]
    # The box of 3x3 becomes one of 4x4, which only fits from the first pixel on
    exchanged = [[0, 0, 0, 0], [2, 3, 0, 1], [0, 4, 5, 6], [0, 7, 8, 9]]
    assert moved(Exchange(0.5), [2, *IN_TURN], before) == exchanged


def test_the_box_grows_on_both_sides():
    before, exchanged = ([[0] * 8 for _ in range(8)] for _ in range(2))
    # A box of 4x4 becomes one of 6x6 that begins a pixel earlier: nine tiles of 2x2
    for row in range(4):
        before[2 + row][2:6] = exchanged[2 + row][2:6] = range(4 * row + 1, 4 * row + 5)
    # Those in the first two places, with one row and the grown border each, change them
    exchanged[2][1:6] = [2, 3, 0, 1, 4]
    assert moved(Exchange(2 / 9), [3, *IN_TURN], before) == exchanged


@pytest.mark.parametrize("grid", [2, 3])
@pytest.mark.parametrize("level", [0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 1.0])
def test_the_nearest_number_of_tiles_change_places_in_one_cycle(grid, level):
    image, side = colours(6, 10, 2), 6
    nearest = min(range(grid * grid + 1), key=lambda count: abs(count - level * grid * grid))
    for seed in range(10):
        order = torch.rand(9, generator=torch.Generator().manual_seed(seed))
        parameters = torch.cat((torch.tensor([float(grid)]), order))[None]
        came_from = tiles(Exchange(level)(image, parameters), grid, side, 2)
        changed = [tile for tile, origin in enumerate(came_from) if origin != tile]
        assert sorted(came_from) == list(range(grid * grid))
        # One alone has nowhere to go
        assert len(changed) == (2 if nearest == 1 else nearest)
        assert Exchange(level).attained(image, parameters).item() == pytest.approx(len(changed) / grid**2)
        # From place to place, every tile that moves is met once before the first returns
        walked = [changed[0]] if changed else []
        while walked and came_from[walked[-1]] != walked[0]:
            walked.append(came_from[walked[-1]])
        assert sorted(walked) == changed


def test_tiles_that_changed_places_take_part_at_higher_levels():
    image = colours(6, 10, 2)
    parameters = Exchange(0.0).sample_parameters(20, torch.Generator().manual_seed(0))
    for draw in parameters:
        grid = int(draw[0])
        origins = [tiles(Exchange(level)(image, draw[None]), grid, 6, 2) for level in (0.25, 0.5, 0.75, 1.0)]
        moving = [{tile for tile, origin in enumerate(each) if origin != tile} for each in origins]
        assert all(fewer <= more for fewer, more in pairwise(moving))


def test_grids_cuts_and_directions_are_drawn_alike_often():
    source = torch.Generator().manual_seed(0)
    for parameters in (
        Apart(0.0).sample_parameters(4000, source),
        Exchange(0.0).sample_parameters(4000, source)[:, :1],
    ):
        assert set(parameters.unique().tolist()) == {2.0, 3.0}
        assert parameters.mean().item() == pytest.approx(2.5, abs=0.03)
    cut, direction = Halves(0.0).sample_parameters(4000, source).unbind(dim=1)
    assert set(cut.unique().tolist()) == {0.0, 1.0}
    assert set(direction.unique().tolist()) == {-1.0, 1.0}
    for coin in (cut, direction / 2 + 0.5, (cut == (direction > 0)).float()):
        assert coin.mean().item() == pytest.approx(0.5, abs=0.03)
