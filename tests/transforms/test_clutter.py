import pytest
import torch

from runbench.suites import SUITES
from runbench.transforms.clutter import PATCH, PATCHES, Clutter
from runbench.transforms.pixels import boxes

SUITE = SUITES["stn-tc"]


def drawn(count):
    return Clutter(0.0).sample_parameters(count, torch.Generator().manual_seed(0))


def test_at_level_zero_the_object_is_left_as_it_is(lay):
    images = lay(SUITE, 20)
    assert torch.equal(Clutter(0.0)(images, drawn(20)), images[:, :1])


def test_each_level_adds_one_patch_and_nothing_gets_darker(lay):
    images, parameters = lay(SUITE, 100), drawn(100)
    scene = images[:, :1]
    for level in range(1, PATCHES + 1):
        cluttered = Clutter(float(level))(images, parameters)
        assert (cluttered >= scene).all()
        changed = cluttered != scene
        _, size = boxes(changed.float())
        touched = changed.flatten(1).any(dim=1)
        assert (size[touched] <= PATCH).all()
        assert touched.float().mean() > 0.5
        scene = cluttered
    assert ((scene != images[:, :1]).sum(dim=(1, 2, 3)) <= PATCHES * PATCH**2).all()


def test_a_patch_is_a_piece_of_its_object_inside_its_bounding_box():
    objects = torch.zeros(60, PATCHES + 1, 24, 24)
    # Every pixel of an object is of its own brightness, so a piece tells where it was cut
    objects[:, 1, 3:13, 5:14] = torch.arange(1.0, 91.0).reshape(10, 9) / 90
    patched = Clutter(1.0)(objects, drawn(60))[:, 0]
    cut, laid = set(), set()
    for image in patched:
        rows, columns = image.nonzero(as_tuple=True)
        top, left = int(rows.min()), int(columns.min())
        piece = (image[top : top + PATCH, left : left + PATCH] * 90).round().long()
        row, column = divmod(int(piece[0, 0]) - 1, 9)
        assert row <= 10 - PATCH
        assert column <= 9 - PATCH
        expected = objects[0, 1, 3 + row : 9 + row, 5 + column : 11 + column] * 90
        assert torch.equal(piece, expected.round().long())
        assert image.count_nonzero() == PATCH**2
        cut.add((row, column))
        laid.add((top, left))
    # Five by four places to cut at; hardly two are laid at the same of 361
    assert len(cut) > 15
    assert len(laid) > 45


@pytest.mark.parametrize(("draw", "corner"), [(0.0, 0), (0.999999, 18)])
def test_a_patch_lies_anywhere_on_the_canvas(draw, corner):
    objects = torch.zeros(1, PATCHES + 1, 24, 24)
    objects[:, 1] = 1
    laid = Clutter(1.0)(objects, torch.full((1, PATCHES * 4), draw))[0, 0]
    assert laid.sum() == PATCH**2
    assert laid[corner : corner + PATCH, corner : corner + PATCH].all()


def test_a_patch_of_a_small_object_in_the_corner_holds_black_beside_it():
    objects = torch.zeros(1, PATCHES + 1, 24, 24)
    objects[:, 1, 20:24, 22:24] = 1
    laid = Clutter(1.0)(objects, torch.full((1, PATCHES * 4), 0.5))[0, 0]
    assert laid.sum() == 8
    assert boxes(laid[None, None])[1].tolist() == [[4, 2]]


def test_each_object_gives_one_patch():
    objects = torch.zeros(1, PATCHES + 1, 60, 60)
    greys = torch.arange(1, PATCHES + 1) / 10
    objects[0, 1:] = greys[:, None, None]
    # Laid in a row, so that none hides another
    parameters = torch.zeros(PATCHES, 4)
    parameters[:, 3] = torch.arange(PATCHES) * 9 / 55 + 0.001
    laid = Clutter(float(PATCHES))(objects, parameters.flatten()[None])[0, 0]
    assert torch.allclose(laid[0, :54].reshape(PATCHES, 9)[:, :PATCH], greys[:, None])
    assert laid.count_nonzero() == PATCHES * PATCH**2
