from dataclasses import replace
from pathlib import Path

import pytest
import torch

from runbench.data.loading import Split, load_embedded
from runbench.data.test_images import lay_out
from runbench.evaluation.features.measure import measure_features
from runbench.models.base import Classifier, as_classifier
from runbench.progress import silent
from runbench.suites import SUITES, Suite

CPU = torch.device("cpu")
ADDRESS = ("metric", "layer", "level", "dimension")


class Rows(list):
    """Rows as they come, found by their address."""

    def of(self, metric, layer=None, level=None, dimension=None):
        """Return the one row of that address."""
        address = (metric, layer, level, dimension)
        (row,) = [row for row in self if tuple(row.get(part) for part in ADDRESS) == address]
        return row

    def all(self, metric, layer=None):
        """Return all rows of a metric, of one layer or of all."""
        return [row for row in self if row["metric"] == metric and layer in (None, row["layer"])]

    def levels(self, metric, layer=None):
        """Return the levels that have a row."""
        return [row["level"] for row in self.all(metric, layer)]


@pytest.fixture(autouse=True)
def same_weights() -> None:
    """Let layers that a test builds have the same weights whenever it runs."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def digits() -> Split:
    """Return the embedded dataset's test digits."""
    return load_embedded(Path())[2]


@pytest.fixture(scope="session")
def blobs() -> Split:
    """Return soft spots, each beside the middle of its image in a direction of its own, none near the border."""
    place = torch.arange(28) - 13.5
    source = torch.Generator().manual_seed(1)
    angle, radius = torch.rand(2, 120, generator=source) * torch.tensor([[6.283], [2.0]])
    across, down = ((radius + 2.5) * part for part in (angle.cos(), -angle.sin()))
    spots = torch.exp(-((place - down[:, None, None].mT) ** 2).mT / 8) * torch.exp(
        -((place - across[:, None, None]) ** 2) / 8
    )
    return Split(spots[:, None].mul(255).round().byte(), torch.arange(120) % 10)


@pytest.fixture
def measured(digits):
    """Return a function that measures a network on the first images of a split along a suite, cut to `levels`.

    As few images as it does by default are too few for linear maps, which take most of the time.
    """

    def measure(network, suite="rotation", levels=None, count=40, split=digits, names=()):
        if not isinstance(suite, Suite):
            suite = SUITES[suite]
        if levels is not None:
            suite = replace(suite, levels=tuple(levels))
        images = lay_out(suite, "test", split, count)
        classifier: Classifier = as_classifier(network).eval()
        with torch.inference_mode():
            # Lazy layers learn their width
            classifier(suite.at(suite.identity)(images.objects(torch.arange(1), CPU), images.parameters[:1]))
        return Rows(measure_features(classifier, names, images, CPU, silent, ""))

    return measure
