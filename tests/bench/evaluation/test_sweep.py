from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from runbench.data.loading import Split, load_embedded
from runbench.data.test_images import attained_levels, lay_out, one_of_each, sample_images
from runbench.evaluation.sweep import sweep
from runbench.models.base import LogitsClassifier
from runbench.progress import silent
from runbench.suites import SUITES
from runbench.transforms.geometric import Rotation

CPU = torch.device("cpu")
SUITE = SUITES["rotation"]


@pytest.fixture
def split() -> Split:
    source = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (23, 1, 28, 28), dtype=torch.uint8, generator=source)
    return Split(pixels, torch.arange(23) % 10)


@pytest.fixture
def classifier() -> LogitsClassifier:
    torch.manual_seed(0)
    return LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Linear(784, 10))).eval()


def test_a_sweep_equals_a_loop_over_samples_and_levels(split, classifier):
    images = lay_out(SUITE, "noise", split, None)
    probabilities = sweep(classifier, images, 10, 10, CPU, silent, "")
    assert probabilities.shape == (23, 24, 10)
    assert probabilities.dtype == np.float32
    for sample in (0, 9, 22):
        for index, level in enumerate(SUITE.levels):
            turned = Rotation(level)(split.images[sample : sample + 1].float() / 255, torch.empty(1, 0))
            with torch.no_grad():
                expected = classifier(turned).softmax(dim=1)[0]
            assert np.allclose(probabilities[sample, index], expected, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 23, 100])
def test_batch_size_changes_no_prediction(split, classifier, batch_size):
    images = lay_out(SUITE, "noise", split, None)
    expected = sweep(classifier, images, 10, 10, CPU, silent, "")
    assert np.allclose(sweep(classifier, images, 10, batch_size, CPU, silent, ""), expected, atol=1e-5)


def test_a_limit_changes_no_test_image(split):
    whole, part = (lay_out(SUITE, "noise", split, count) for count in (None, 9))
    assert torch.equal(part.scenes.images(torch.arange(9)), whole.scenes.images(torch.arange(9)))
    assert torch.equal(part.parameters, whole.parameters[:9])
    assert part.sha256 != whole.sha256
    assert part.sha256 == lay_out(SUITE, "noise", split, 9).sha256


def test_scores_that_are_not_finite_become_nan(split):
    class Broken(nn.Module):
        def forward(self, images):
            scores = images.flatten(1)[:, :10].clone()
            scores[0, 3] = -torch.inf
            scores[1, 0] = torch.nan
            scores[2, 0] = torch.inf
            return scores

    probabilities = sweep(
        LogitsClassifier(Broken()), lay_out(SUITE, "noise", split, None), 10, 23, CPU, silent, ""
    )
    assert np.isnan(probabilities[:3]).all()
    assert np.isfinite(probabilities[3:]).all()


def test_samples_are_shown_as_the_model_sees_them(split):
    images = lay_out(SUITE, "noise", split, None)
    shown = sample_images(images, np.array([4, 7]))
    assert shown.shape == (2, 24, 1, 28, 28)
    assert np.array_equal(shown[:, SUITE.levels.index(0.0)], split.images[[4, 7]].numpy())
    assert np.array_equal(shown[0, SUITE.levels.index(90.0), 0], np.rot90(split.images[4, 0].numpy()))


def test_one_sample_of_each_label_is_the_first():
    assert one_of_each(np.array([2, 0, 2, 1, 0])).tolist() == [1, 3, 0]


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_a_limit_and_the_batch_size_change_nothing_of_any_suite(suite):
    digits = load_embedded(Path())[2].first(40)
    whole, part = (lay_out(suite, "digits", digits, count) for count in (None, 7))
    torch.manual_seed(0)
    linear = LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Linear(suite.canvas**2, 10)))
    expected = sweep(linear, whole, 10, 40, CPU, silent, "")
    assert expected.shape == (40, len(suite.levels), 10)
    assert np.allclose(sweep(linear, part, 10, 3, CPU, silent, ""), expected[:7], atol=1e-5)
    attained = attained_levels(whole)
    if attained is not None:
        assert attained.shape == (40, len(suite.levels))
        assert np.array_equal(attained_levels(part), attained[:7])


def test_pairs_are_read_as_presence_and_named_in_rising_order():
    digits = load_embedded(Path())[2].first(30)
    images = lay_out(SUITES["overlap"], "digits", digits, None)
    assert (images.labels[:, 0] < images.labels[:, 1]).all()
    assert [first in pair for first, pair in zip(digits.labels.tolist(), images.labels, strict=True)] == [
        True
    ] * 30
    torch.manual_seed(0)
    linear = LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Linear(1600, 10)))
    probabilities = sweep(linear, images, 10, 30, CPU, silent, "")
    shown = images.transforms[3](images.objects(torch.tensor([4]), CPU), images.parameters[[4]])
    with torch.no_grad():
        assert np.allclose(probabilities[4, 3], linear(shown).sigmoid()[0], atol=1e-5)
