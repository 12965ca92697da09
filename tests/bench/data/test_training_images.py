from dataclasses import replace
from pathlib import Path

import pytest
import torch

from runbench.data.loading import Split, load_embedded
from runbench.data.training_images import TrainingImages
from runbench.suites import SUITES
from runbench.tasks import LABEL_SET
from runbench.transforms.geometric import Rotation

CPU = torch.device("cpu")
COUNT = 1500


@pytest.fixture
def images() -> TrainingImages:
    source = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (COUNT, 1, 28, 28), dtype=torch.uint8, generator=source)
    split = Split(pixels, torch.arange(COUNT))
    return TrainingImages(split, 10, "noise", "training", SUITES["rotation"], "clean", seed=0, batch_size=64)


def whole(images, epoch):
    batches = list(images.epoch(epoch, CPU))
    return torch.cat([batch for batch, _ in batches]), torch.cat([labels for _, labels in batches])


def test_an_epoch_shows_every_image_once(images):
    shown, labels = whole(images, 1)
    assert sorted(labels.tolist()) == list(range(COUNT))
    assert torch.equal(shown, images.split.images[labels].float() / 255)


def test_batches_have_the_recipes_size_but_the_last(images):
    sizes = [len(labels) for _, labels in images.epoch(1, CPU)]
    assert sizes == [64] * 23 + [28]
    assert images.batch_count == 24


@pytest.mark.parametrize(("count", "sizes"), [(129, [64, 64]), (130, [64, 64, 2]), (1, [1]), (5, [5])])
def test_a_last_batch_of_one_is_left_out(images, count, sizes):
    few = replace(images, split=images.split.first(count))
    assert [len(labels) for _, labels in few.epoch(1, CPU)] == sizes
    assert few.batch_count == len(sizes)


def test_epochs_and_seeds_differ_and_repeat(images):
    order = whole(images, 1)[1]
    assert torch.equal(whole(images, 1)[1], order)
    assert not torch.equal(whole(images, 2)[1], order)
    assert not torch.equal(whole(replace(images, seed=1), 1)[1], order)


def test_both_regimes_show_the_same_images_in_the_same_order(images):
    assert torch.equal(whole(replace(images, regime="augmented"), 3)[1], whole(images, 3)[1])


def test_batch_size_changes_no_image(images):
    augmented = replace(images, regime="augmented")
    for batch_size in (50, COUNT):
        pixels, labels = whole(replace(augmented, batch_size=batch_size), 1)
        expected, expected_labels = whole(augmented, 1)
        assert torch.equal(labels, expected_labels)
        assert torch.allclose(pixels, expected, atol=1e-6)


def test_the_augmented_regime_turns_over_the_whole_range(images):
    digit = torch.zeros(1, 28, 28, dtype=torch.uint8)
    digit[0, 2:14, 13:15] = 255  # a hand pointing upwards
    split = Split(digit.repeat(COUNT, 1, 1, 1), images.split.labels)
    pixels, _ = whole(replace(images, split=split, regime="augmented"), 1)
    lattice = torch.arange(28) - 13.5
    right = (pixels.sum(dim=2)[:, 0] * lattice).sum(dim=1)
    up = -(pixels.sum(dim=3)[:, 0] * lattice).sum(dim=1)
    quadrants = torch.stack([(right > 0) & (up > 0), (right < 0) & (up > 0), (right < 0) & (up < 0)]).sum(dim=1)
    assert (quadrants > COUNT / 5).all()
    assert (quadrants < COUNT / 3.3).all()


def test_the_angle_belongs_to_the_image_not_to_its_place_in_the_batch(images):
    pixels, labels = whole(replace(images, regime="augmented"), 1)
    assert not torch.allclose(pixels, images.split.images[labels].float() / 255, atol=0.1)
    upright = images.split.images[labels[:1]].float() / 255
    turned = Rotation(180.0).apply(
        upright.repeat(721, 1, 1, 1), torch.linspace(-180, 180, 721), torch.empty(721, 0)
    )
    assert (turned - pixels[:1]).abs().mean(dim=(1, 2, 3)).min() < 0.03


def test_a_shift_moves_by_whole_pixels_up_to_its_size(images):
    dot = torch.zeros(COUNT, 1, 28, 28, dtype=torch.uint8)
    dot[:, :, 14, 14] = 255
    pixels, _ = whole(replace(images, split=Split(dot, images.split.labels), shift=2), 1)
    _, _, rows, columns = pixels.nonzero(as_tuple=True)
    assert sorted(set(rows.tolist())) == [12, 13, 14, 15, 16]
    assert sorted(set(columns.tolist())) == [12, 13, 14, 15, 16]
    assert len(rows) == COUNT


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
@pytest.mark.parametrize("regime", ["clean", "augmented"])
def test_every_suite_shows_images_of_its_canvas_and_targets_of_its_kind(suite, regime):
    digits = load_embedded(Path())[0].first(70)
    training = TrainingImages(digits, 10, "digits", "training", suite, regime, seed=0, batch_size=32)
    for pixels, targets in training.epoch(1, CPU):
        assert pixels.shape == (len(targets), 1, suite.canvas, suite.canvas)
        assert pixels.min() >= 0
        assert pixels.max() <= 1
        if (suite.task, regime) == (LABEL_SET, "augmented"):
            assert targets.shape == (len(pixels), 10)
            assert (targets.sum(dim=1) == 2).all()
            assert set(targets.unique().tolist()) == {0.0, 1.0}
        else:
            assert targets.shape == (len(pixels),)


def test_clean_training_is_the_same_for_all_suites_of_one_canvas_and_placement():
    digits = load_embedded(Path())[0].first(70)
    shown = [
        whole(TrainingImages(digits, 10, "digits", "training", SUITES[name], "clean", seed=0, batch_size=32), 2)
        for name in ("translation", "parts-apart", "overlap")
    ]
    for pixels, labels in shown[1:]:
        assert torch.equal(pixels, shown[0][0])
        assert torch.equal(labels, shown[0][1])


def test_levels_are_uniform_over_the_training_range():
    bright = Split(torch.full((2000, 1, 28, 28), 255, dtype=torch.uint8), torch.arange(2000) % 10)
    bright.images[:, :, :14] = 0
    suite = SUITES["contrast"]
    pixels, _ = whole(TrainingImages(bright, 10, "halves", "training", suite, "augmented", 0, 500), 1)
    lost = 1 - (pixels[:, 0, 20, 0] - pixels[:, 0, 0, 0])
    low, high = suite.training_range
    assert lost.min() >= low
    assert lost.max() <= high + 1e-6
    assert torch.allclose(lost.sort().values, torch.linspace(low, high, 2000), atol=0.03)
