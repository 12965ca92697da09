"""The test images of a suite: the same whatever the limit, and shown as a model sees them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from runbench.data.loading import Split, load_embedded
from runbench.data.test_images import CPU, attained_levels, lay_out, one_of_each, sample_images
from runbench.suites import SUITES

SUITE = SUITES["rotation"]


@pytest.fixture
def split():
    """Return 23 images of noise, of ten classes."""
    source = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (23, 1, 28, 28), dtype=torch.uint8, generator=source)
    return Split(pixels, torch.arange(23) % 10)


def test_a_limit_changes_no_test_image(split):
    whole, part = (lay_out(SUITE, "noise", split, count) for count in (None, 9))
    assert torch.equal(part.scenes.images(torch.arange(9)), whole.scenes.images(torch.arange(9)))
    assert torch.equal(part.parameters, whole.parameters[:9])
    assert part.sha256 != whole.sha256
    assert part.sha256 == lay_out(SUITE, "noise", split, 9).sha256


def test_samples_are_shown_as_the_model_sees_them(split):
    images = lay_out(SUITE, "noise", split, None)
    shown = sample_images(images, np.array([4, 7]))
    assert shown.shape == (2, 24, 1, 28, 28)
    assert np.array_equal(shown[:, SUITE.levels.index(0.0)], split.images[[4, 7]].numpy())
    assert np.array_equal(shown[0, SUITE.levels.index(90.0), 0], np.rot90(split.images[4, 0].numpy()))


def test_one_sample_of_each_label_is_the_first():
    assert one_of_each(np.array([2, 0, 2, 1, 0])).tolist() == [1, 3, 0]


def test_labels_are_what_is_sought_in_rising_order(split):
    assert lay_out(SUITE, "noise", split, None).labels.tolist() == [[label] for label in split.labels.tolist()]
    images = lay_out(SUITES["overlap"], "noise", split, None)
    members = split.labels[images.scenes.members].tolist()
    assert images.labels.tolist() == [sorted(pair) for pair in members]
    assert all(first != second for first, second in members)


def test_the_images_that_are_shown_are_the_first_of_each_label(split):
    assert lay_out(SUITE, "noise", split, None).samples.tolist() == list(range(10))


def test_batches_hold_every_position_once(split):
    batches = lay_out(SUITE, "noise", split, None).batches(10)
    assert [batch.tolist() for batch in batches] == [list(range(10)), list(range(10, 20)), [20, 21, 22]]


def test_another_suite_or_dataset_has_other_parameters(split):
    suite = SUITES["translation"]
    one, same, other = (lay_out(suite, name, split, None).parameters for name in ("noise", "noise", "other"))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_attained_levels_are_those_that_the_transform_says_of_each_image(suite):
    digits = load_embedded(Path())[2].first(40)
    whole, part = (lay_out(suite, "digits", digits, count) for count in (None, 7))
    attained = attained_levels(whole)
    clean = whole.objects(torch.arange(40), CPU)
    for index, level in enumerate(suite.levels):
        said = suite.at(level).attained(clean, whole.parameters)
        assert (said is None) == (attained is None)
        assert said is None or np.array_equal(attained[:, index], said.numpy())
    assert attained is None or np.array_equal(attained_levels(part), attained[:7])
