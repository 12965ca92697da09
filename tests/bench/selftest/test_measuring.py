"""Numbers of a network are found by their address, each as the tables of its evaluation hold it."""

from pathlib import Path

import numpy as np
import pytest

from runbench.data.loading import load_dataset
from runbench.data.test_images import lay_out
from runbench.progress import silent
from runbench.selftest.checks import DATASET
from runbench.selftest.measuring import measure
from runbench.selftest.subjects import LEVELS, NETWORKS, suite_of

COUNT = 70


@pytest.fixture
def found(monkeypatch):
    """Return a function that measures a network on a few images along a suite."""
    monkeypatch.setattr("runbench.selftest.measuring.IMAGES", COUNT)
    dataset = load_dataset(DATASET, Path())
    return lambda network, suite: measure(NETWORKS[network], suite_of(suite), dataset, silent)


def test_accuracy_has_a_number_at_each_level_and_one_of_the_sweep(found):
    numbers = found("constant", "overlap")
    labels = lay_out(suite_of("overlap"), DATASET.name, load_dataset(DATASET, Path()).test, COUNT).labels
    share = np.all(labels == [3, 5], axis=1).mean()
    for level in LEVELS["overlap"]:
        assert numbers["accuracy", None, level] == (pytest.approx(share),)
    assert numbers["mean_accuracy", None, None] == (pytest.approx(share),)
    assert ("accuracy", None, None) not in numbers


def test_metrics_of_layers_are_under_their_layer_and_each_dimension_has_a_number(found):
    numbers = found("places", "translation")
    assert len(numbers["pose_linearity", None, None]) == 2
    assert ("pose_decodability", "penultimate", None) in numbers
    assert ("feature_distance", "penultimate", 2.0) in numbers
