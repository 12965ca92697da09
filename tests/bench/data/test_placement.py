import pytest
import torch

from runbench.data.placement import PLACEMENTS, place

SOURCE = torch.Generator


def test_centred_images_lie_in_the_middle():
    images = torch.arange(1, 5).reshape(1, 1, 2, 2)
    laid = place(images, 4, PLACEMENTS["centred"](1, (2, 2), 4, SOURCE()))
    assert laid[0, 0].tolist() == [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]]


def test_offsets_are_rows_then_columns_and_belong_to_each_image():
    images = torch.tensor([[[[7]]], [[[9]]]])
    laid = place(images, 3, torch.tensor([[0, 2], [1, 0]]))
    assert laid[:, 0].tolist() == [[[0, 0, 7], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [9, 0, 0], [0, 0, 0]]]


@pytest.mark.parametrize("offset", [(-1, 1), (1, -1), (0, 0), (2, 2)])
def test_one_offset_for_all_equals_one_for_each(offset):
    images = torch.rand(3, 2, 5, 6, generator=SOURCE().manual_seed(0))
    alike = place(images, 7, torch.tensor([offset]).expand(3, 2))
    different = place(images, 7, torch.tensor([offset, offset, (3, 3)]))
    assert torch.equal(alike[:2], different[:2])


def test_random_places_cover_the_canvas_and_lose_nothing():
    offsets = PLACEMENTS["random"](2000, (28, 28), 40, SOURCE().manual_seed(0))
    assert offsets.min() == 0
    assert offsets.max() == 12
    images = torch.ones(50, 1, 28, 28)
    assert (place(images, 40, offsets[:50]).sum(dim=(1, 2, 3)) == 28 * 28).all()


@pytest.mark.parametrize(
    ("offset", "by_hand"),
    [
        ((-1, 0), [[3, 4, 0], [0, 0, 0], [0, 0, 0]]),
        ((2, 1), [[0, 0, 0], [0, 0, 0], [0, 1, 2]]),
        ((1, -1), [[0, 0, 0], [2, 0, 0], [4, 0, 0]]),
    ],
)
def test_what_falls_outside_the_canvas_is_lost(offset, by_hand):
    images = torch.arange(1, 5).reshape(1, 1, 2, 2).expand(2, 1, 2, 2)
    alone = place(images[:1], 3, torch.tensor([offset]))
    among_others = place(images, 3, torch.tensor([offset, (0, 0)]))
    assert alone[0, 0].tolist() == by_hand
    assert among_others[0, 0].tolist() == by_hand


def test_random_places_are_uniform_over_rows_and_columns():
    rows, columns = PLACEMENTS["random"](6000, (28, 26), 30, SOURCE().manual_seed(1)).unbind(dim=1)
    often = (rows * 5 + columns).bincount(minlength=15)
    assert len(often) == 15
    assert (often - 400).abs().max() < 80


def test_odd_rests_leave_the_smaller_part_above_and_to_the_left():
    assert PLACEMENTS["centred"](2, (2, 4), 5, SOURCE()).tolist() == [[1, 0], [1, 0]]
