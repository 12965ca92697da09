from dataclasses import replace

import pytest
import torch
from scipy.stats import chisquare

from runbench.data.loading import Split
from runbench.data.scenes import draw_partners, lay_scenes
from runbench.suites import SUITES

SUITE = SUITES["overlap"]

UNEQUAL = torch.tensor([2] * 40 + [0] + [2] * 50 + [1] * 9)
"""Labels of three classes of very unequal size, in no order."""


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def split_of(labels, side=4):
    """Return a split whose images are each of a grey of their own."""
    greys = torch.arange(1, len(labels) + 1, dtype=torch.uint8)
    return Split(greys[:, None, None, None].repeat(1, 1, side, side), labels)


@pytest.fixture
def scenes():
    return lay_scenes(split_of(UNEQUAL), replace(SUITE, canvas=7, placement="random"), 3, source())


def test_partners_are_of_another_class():
    for seed in range(50):
        partners = draw_partners(UNEQUAL, source(seed))
        assert partners.shape == UNEQUAL.shape
        assert partners.dtype == torch.int64
        assert (UNEQUAL[partners] != UNEQUAL).all()


def test_every_sample_of_another_class_is_as_likely():
    count, generator = 300, source()
    drawn = torch.stack([draw_partners(UNEQUAL, generator) for _ in range(count)], dim=1)
    for label in range(3):
        of_this = UNEQUAL.eq(label)
        often = drawn[of_this].flatten().bincount(minlength=len(UNEQUAL))
        assert often[of_this].sum() == 0
        assert chisquare(often[~of_this].numpy()).pvalue > 1e-3


@pytest.mark.parametrize("labels", [[0, 1], [1, 0, 1], [5, 3, 5, 3]])
def test_two_classes_of_few_samples_suffice(labels):
    labels = torch.tensor(labels)
    for seed in range(20):
        assert (labels[draw_partners(labels, source(seed))] != labels).all()


def test_the_first_object_of_an_image_is_the_sample_at_its_position(scenes):
    assert torch.equal(scenes.members[:, 0], torch.arange(len(UNEQUAL)))
    assert len(scenes) == len(UNEQUAL)


def test_labels_are_those_of_the_split_at_the_members_positions(scenes):
    labels = scenes.labels(torch.tensor([7, 40, 95]))
    assert labels.shape == (3, 3)
    for row, position in enumerate((7, 40, 95)):
        members = scenes.members[position].tolist()
        assert labels[row].tolist() == [UNEQUAL[member].item() for member in members]
        assert members[0] == position
    assert (scenes.labels(torch.arange(100))[:, :1] != scenes.labels(torch.arange(100))[:, 1:]).all()


def test_objects_lie_as_channels_each_at_its_own_offset(scenes):
    positions = torch.tensor([99, 3, 40])
    images = scenes.images(positions)
    assert images.shape == (3, 3, 7, 7)
    assert images.dtype == torch.uint8
    for image, position in zip(images, positions.tolist(), strict=True):
        for channel, member, (top, left) in zip(
            image, scenes.members[position].tolist(), scenes.offsets[position].tolist(), strict=True
        ):
            by_hand = torch.zeros(7, 7, dtype=torch.uint8)
            by_hand[top : top + 4, left : left + 4] = member + 1
            assert torch.equal(channel, by_hand)


def test_colours_stay_beside_each_other():
    labels = torch.tensor([0, 1])
    colours = torch.arange(1, 7, dtype=torch.uint8).reshape(2, 3, 1, 1)
    scenes = lay_scenes(Split(colours, labels), replace(SUITE, canvas=1), 2, source())
    assert scenes.images(torch.tensor([1, 0]))[:, :, 0, 0].tolist() == [[4, 5, 6, 1, 2, 3], [1, 2, 3, 4, 5, 6]]


@pytest.mark.parametrize("count", [1, 13, 100, 1000])
def test_the_first_scenes_are_a_slice_of_all(scenes, count):
    first, kept = scenes.first(count), min(count, 100)
    assert len(first) == kept
    assert torch.equal(first.images(torch.arange(kept)), scenes.images(torch.arange(kept)))
    assert torch.equal(first.labels(torch.arange(kept)), scenes.labels(torch.arange(kept)))


def test_no_count_keeps_all_scenes(scenes):
    assert torch.equal(scenes.first(None).members, scenes.members)
    assert torch.equal(scenes.first(None).offsets, scenes.offsets)


def test_a_few_scenes_have_partners_from_the_whole_split(scenes):
    assert scenes.first(5).members.max() >= 5


def test_centred_objects_lie_in_the_middle():
    scenes = lay_scenes(split_of(UNEQUAL), replace(SUITE, canvas=8, placement="centred"), 2, source())
    assert (scenes.offsets == 2).all()
    images = scenes.images(torch.tensor([40]))
    assert (images[:, :, 2:6, 2:6] > 0).all()
    assert images.count_nonzero() == 2 * 16


def test_objects_of_an_image_are_placed_at_random_apart_from_each_other(scenes):
    assert scenes.offsets.min() == 0
    assert scenes.offsets.max() == 3
    for one, other in ((0, 1), (0, 2), (1, 2)):
        # One in sixteen meets by chance
        alike = (scenes.offsets[:, one] == scenes.offsets[:, other]).all(dim=1)
        assert alike.float().mean() < 0.2


def test_all_objects_of_a_scene_move_together_down_and_to_the_right():
    scenes = lay_scenes(split_of(torch.tensor([0, 1]), side=1), replace(SUITE, canvas=3), 2, source())
    moved = scenes.moved(torch.tensor([[1, 0], [0, -1]])).images(torch.arange(2))
    assert moved[0].tolist() == [[[0, 0, 0], [0, 0, 0], [0, 1, 0]], [[0, 0, 0], [0, 0, 0], [0, 2, 0]]]
    assert moved[1].tolist() == [[[0, 0, 0], [2, 0, 0], [0, 0, 0]], [[0, 0, 0], [1, 0, 0], [0, 0, 0]]]
    assert (scenes.offsets == 1).all()


def test_scenes_depend_on_the_generator_alone():
    one, same, other = (
        lay_scenes(split_of(UNEQUAL), replace(SUITE, canvas=9, placement="random"), 2, source(seed))
        for seed in (1, 1, 2)
    )
    assert torch.equal(one.members, same.members)
    assert torch.equal(one.offsets, same.offsets)
    assert not torch.equal(one.members, other.members)
    assert not torch.equal(one.offsets, other.offsets)
