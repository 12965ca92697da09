import pytest
import torch

from runbench.transforms.pixels import boxes, rearrange, shift, take

PIXELS = torch.tensor([[1, 2, 3], [4, 5, 6]])[None, None]


def test_a_box_holds_what_is_not_black_in_any_channel():
    images = torch.zeros(3, 2, 5, 6)
    images[0, 0, 1, 4] = images[0, 1, 3, 2] = 0.1
    images[1, 1, 4, 5] = 1
    first, size = boxes(images)
    assert first.tolist() == [[1, 2], [4, 5], [0, 0]]
    # The last image is black: all of it is its box
    assert size.tolist() == [[3, 3], [1, 1], [5, 6]]


def test_rows_and_columns_are_taken_in_the_order_given_and_black_where_there_are_none():
    taken = take(PIXELS, torch.tensor([[1, -1, 0, 1]]), torch.tensor([[2, 0, 3]]))
    assert taken[0, 0].tolist() == [[6, 4, 0], [0, 0, 0], [3, 1, 0], [6, 4, 0]]


def test_shifts_go_down_and_to_the_right_each_image_its_own_way():
    moved = shift(PIXELS.expand(3, 2, 2, 3), torch.tensor([[0, 1], [1, 0], [-1, -2]]))
    assert moved[:, 0].tolist() == [[[0, 1, 2], [0, 4, 5]], [[0, 0, 0], [1, 2, 3]], [[6, 0, 0], [0, 0, 0]]]
    assert torch.equal(moved[:, 0], moved[:, 1])


def test_a_place_is_filled_from_the_pixel_named():
    rows = torch.tensor([[[1, 0, 0], [0, -1, 2]]])
    columns = torch.tensor([[[2, 1, -1], [0, 0, 0]]])
    assert rearrange(PIXELS, rows, columns)[0, 0].tolist() == [[6, 2, 0], [1, 0, 0]]


@pytest.mark.parametrize("offset", [(0, 0), (3, -2), (-7, 1)])
def test_a_shift_is_a_roll_without_what_comes_round(offset):
    images = torch.rand(2, 1, 5, 6, generator=torch.Generator().manual_seed(0))
    padded = torch.nn.functional.pad(images, (10, 10, 10, 10))
    rolled = padded.roll(offset, dims=(2, 3))[:, :, 10:-10, 10:-10]
    assert torch.equal(shift(images, torch.tensor([offset, offset])), rolled)
