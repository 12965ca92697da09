from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from runbench.data.loading import Split, load_embedded
from runbench.data.test_images import CPU, lay_out
from runbench.evaluation.sweep import sweep
from runbench.models.base import LogitsClassifier
from runbench.progress import silent
from runbench.suites import SUITES
from runbench.transforms.geometric import Rotation

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


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_a_limit_and_the_batch_size_change_nothing_of_any_suite(suite):
    digits = load_embedded(Path())[2].first(40)
    whole, part = (lay_out(suite, "digits", digits, count) for count in (None, 7))
    torch.manual_seed(0)
    linear = LogitsClassifier(nn.Sequential(nn.Flatten(), nn.Linear(suite.canvas**2, 10)))
    expected = sweep(linear, whole, 10, 40, CPU, silent, "")
    assert expected.shape == (40, len(suite.levels), 10)
    assert np.allclose(sweep(linear, part, 10, 3, CPU, silent, ""), expected[:7], atol=1e-5)


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
