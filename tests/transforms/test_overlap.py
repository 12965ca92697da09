from dataclasses import replace

import numpy as np
import pytest
import torch

from runbench.data.scenes import lay_scenes
from runbench.data.test_images import lay_out
from runbench.suites import SUITES
from runbench.tasks import LABEL_SET
from runbench.transforms.overlap import MultiMNIST, Overlap

SUITE = SUITES["overlap"]
PAIRS = [suite for suite in SUITES.values() if suite.task == LABEL_SET]
CPU = torch.device("cpu")


@pytest.fixture(params=PAIRS, ids=[suite.name for suite in PAIRS])
def suite(request):
    return request.param


@pytest.fixture(scope="module")
def all_pairs(digits):
    """Return a function that gives all pairs of test digits of a suite, (2000, 2, H, W), and their parameters."""

    def laid(suite):
        images = lay_out(suite, "mnist10k", digits, None)
        return images.objects(torch.arange(len(digits)), CPU), images.parameters

    return laid


def rectangle(rows, columns, canvas=24, grey=1.0):
    image = torch.zeros(canvas, canvas)
    image[4 : 4 + rows, 2 : 2 + columns] = grey
    return image


def box(image):
    """Return the first and last row and column of what is not black."""
    rows, columns = np.nonzero(image)
    return rows.min(), rows.max(), columns.min(), columns.max()


def filled_boxes(pairs):
    """Return the pairs' bounding boxes, the first objects' of grey 1/4, the second ones' of 1/2."""
    filled = np.zeros(pairs.shape, dtype=np.float32)
    for number, pair in enumerate(pairs.numpy()):
        for which, grey in enumerate((0.25, 0.5)):
            top, bottom, left, right = box(pair[which])
            filled[number, which, top : bottom + 1, left : right + 1] = grey
    return filled


def greys(merged):
    """Return how many pixels of merged boxes are of the first only, of the second only, of both."""
    return [np.isclose(merged, grey).sum(axis=(1, 2, 3)) for grey in (0.25, 0.5, 0.75)]


def test_ink_is_bounded_by_its_objects(suite, all_pairs):
    pairs, parameters = all_pairs(suite)
    first, second = pairs.double().sum(dim=(2, 3)).unbind(dim=1)
    for level in suite.levels:
        merged = suite.at(level)(pairs, parameters).double().sum(dim=(1, 2, 3))
        assert (merged <= first + second + 1e-4).all()
        assert (merged >= torch.maximum(first, second) - 1e-4).all()


def test_ink_adds_up_to_white(suite, all_pairs):
    pairs, parameters = all_pairs(suite)
    halved = suite.at(suite.levels[-1])(pairs[:200] / 2, parameters[:200])
    merged = suite.at(suite.levels[-1])(pairs[:200], parameters[:200])
    assert torch.allclose(merged, (halved * 2).clamp(max=1))


def test_both_objects_stay_wholly_on_the_canvas(suite, all_pairs):
    pairs, parameters = all_pairs(suite)
    ink = (pairs * 255).round().long().sum(dim=(1, 2, 3))
    for level in suite.levels:
        # Of half the brightness nothing is cut to white, so all ink can be counted
        merged = suite.at(level)(pairs / 2, parameters)
        assert torch.equal((merged.double() * 510).sum(dim=(1, 2, 3)).round().long(), ink)


def test_at_no_overlap_all_ink_is_there(all_pairs):
    pairs, parameters = all_pairs(SUITE)
    merged = Overlap(0.0)(pairs, parameters)
    values = torch.cat((pairs[:, 0].flatten(1), pairs[:, 1].flatten(1)), dim=1).sort(descending=True).values
    # Not only the sum: every pixel of either object is found as it was
    assert torch.equal(merged.flatten(1).sort(descending=True).values, values[:, : merged[0].numel()])


def test_larger_objects_stay_on_the_canvas_that_the_suite_fits_to_them(digits):
    filled = replace(digits.first(300), images=torch.full((300, 1, 28, 28), 100, dtype=torch.uint8))
    suite = SUITE.fit(28, 28)
    scenes = lay_scenes(filled, suite, 2, torch.Generator().manual_seed(0))
    images = scenes.images(torch.arange(300)).float() / 255
    parameters = suite.at(0.0).sample_parameters(300, torch.Generator().manual_seed(0))
    for level in suite.levels:
        merged = suite.at(level)(images, parameters).double().sum(dim=(1, 2, 3)) * 255
        assert torch.allclose(merged, torch.tensor(2.0 * 28 * 28 * 100, dtype=torch.float64))


@pytest.mark.parametrize("level", [*SUITE.levels, 1.0])
def test_measured_overlap_is_the_level_within_a_pixels_worth(level, all_pairs):
    pairs, parameters = (part[:500] for part in all_pairs(SUITE))
    filled = torch.from_numpy(filled_boxes(pairs))
    first, second, both = greys(Overlap(level)(filled, parameters).numpy())
    smaller = np.minimum(first, second) + both
    measured = both / smaller
    sides = np.array([[np.subtract(box(one)[1::2], box(one)[::2]) + 1 for one in pair] for pair in pairs.numpy()])
    narrow = sides.min(axis=1)
    whole = narrow.prod(axis=1) / smaller
    # A pixel on along both axes uncovers a row and a column of the largest part that both can share; of the
    # places before and behind the level, the nearer is half of that away at most
    worth = (narrow.sum(axis=1) - 1) / smaller
    assert (np.abs(measured - np.minimum(level, whole)) <= worth / 2 + 1e-6).all()
    assert np.allclose(Overlap(level).attained(pairs, parameters).numpy(), measured, atol=1e-6)


def test_the_share_attained_by_chance_is_what_a_count_of_pixels_gives(all_pairs):
    pairs, parameters = (part[:500] for part in all_pairs(SUITES["multimnist"]))
    first, second, both = greys(MultiMNIST(4.0)(torch.from_numpy(filled_boxes(pairs)), parameters).numpy())
    attained = MultiMNIST(4.0).attained(pairs, parameters).numpy()
    assert np.allclose(attained, both / (np.minimum(first, second) + both), atol=1e-6)
    assert 0.6 < attained.mean() < 0.9


@pytest.mark.parametrize("level", [0.0, 0.3, 0.7])
def test_no_place_along_the_direction_is_nearer_to_the_level(level):
    sizes = ((9, 7), (5, 8))
    pair = torch.stack([rectangle(*size, grey=0.25 + 0.25 * which) for which, size in enumerate(sizes)])[None]
    for draw in Overlap(0.0).sample_parameters(20, torch.Generator().manual_seed(0)):
        best = 1.0
        for distance in np.arange(0, 24, 0.05):
            down = round((9 - 5) / 2 - distance * draw[1].item())
            right = round((7 - 8) / 2 + distance * draw[0].item())
            first, second = np.zeros((80, 80), dtype=bool), np.zeros((80, 80), dtype=bool)
            first[40:49, 40:47] = True
            second[40 + down : 45 + down, 40 + right : 48 + right] = True
            best = min(best, abs((first & second).sum() / 40 - level))
        _, _, both = greys(Overlap(level)(pair, draw[None]).numpy())
        # Steps of a quarter pixel may pass a place that finer ones meet, by a row and a column at most
        assert abs(both.item() / 40 - level) <= best + 1 / 40 * 2


@pytest.mark.parametrize(
    ("direction", "first", "second"),
    [
        # The second object lies to the right of the first, above it, to its left, below it
        ((1.0, 0.0), (10, 8), (10, 12)),
        ((0.0, 1.0), (12, 10), (8, 10)),
        ((-1.0, 0.0), (10, 12), (10, 8)),
        ((0.0, -1.0), (8, 10), (12, 10)),
    ],
)
def test_the_second_object_touches_the_first_in_the_direction_drawn(direction, first, second):
    pair = torch.stack([rectangle(4, 4, grey=0.25), rectangle(4, 4, grey=0.5)])[None]
    merged = Overlap(0.0)(pair, torch.tensor([direction]))[0, 0].numpy()
    for grey, (row, column) in ((0.25, first), (0.5, second)):
        assert box(np.isclose(merged, grey)) == (row, row + 3, column, column + 3)


def test_objects_that_cover_each_other_lie_in_the_middle_of_one_another():
    pair = torch.stack([rectangle(8, 8, grey=0.25), rectangle(4, 2, grey=0.5)])[None]
    merged = Overlap(1.0)(pair, torch.tensor([[0.6, 0.8]]))[0, 0].numpy()
    assert box(merged) == (8, 15, 8, 15)
    assert box(np.isclose(merged, 0.75)) == (10, 13, 11, 12)


def test_directions_point_all_round():
    parameters = Overlap(0.0).sample_parameters(4000, torch.Generator().manual_seed(0))
    assert torch.allclose(parameters.norm(dim=1), torch.ones(4000))
    octants = torch.atan2(parameters[:, 1], parameters[:, 0]).div(torch.pi / 4).floor().long() + 4
    assert (octants.bincount(minlength=8)[:8] - 500).abs().max() < 100


def test_moves_are_whole_and_uniform_up_to_the_level():
    count = 9000
    images = torch.zeros(1, 2, 13, 13)
    images[:, :, 6, 6] = torch.tensor([0.25, 0.5])
    parameters = MultiMNIST(4.0).sample_parameters(count, torch.Generator().manual_seed(0))
    merged = MultiMNIST(4.0)(images.expand(count, 2, 13, 13), parameters)[:, 0]
    for places in ((merged == 0.25) | (merged == 0.75), (merged == 0.5) | (merged == 0.75)):
        often = places.sum(dim=0)
        assert often.sum() == count
        # 9x9 places, each met 111 times or so
        assert often[2:11, 2:11].sum() == count
        assert (often[2:11, 2:11] - count / 81).abs().max() < 50


def test_a_draw_is_first_the_move_down_then_to_the_right_of_the_first_object():
    pair = torch.stack([rectangle(2, 2, grey=0.25), rectangle(2, 2, grey=0.5)])[None]
    merged = MultiMNIST(1.0)(pair, torch.tensor([[0.99, 0.0, 0.5, 0.99]]))[0, 0].numpy()
    assert np.isclose(merged, 0.25).nonzero()[0].tolist() == [5, 5, 6, 6]
    assert np.isclose(merged, 0.25).nonzero()[1].tolist() == [1, 2, 1, 2]
    assert np.isclose(merged, 0.5).nonzero()[0].tolist() == [4, 4, 5, 5]
    assert np.isclose(merged, 0.5).nonzero()[1].tolist() == [3, 4, 3, 4]
