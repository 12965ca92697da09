"""How well objects are reconstructed by models whose drawings are known."""

import numpy as np
import pytest
import torch
from torch import nn

from runbench.data.test_images import CPU, lay_out
from runbench.models.base import Classifier
from runbench.suites import SUITES


class Copying(Classifier):
    """Hold the image in every capsule, where a mask lets it through, and draw it from there."""

    decoder = nn.Identity()

    def __init__(self, mask):
        super().__init__()
        self.mask = mask

    def forward(self, images):
        return images.flatten(1)[:, :10]

    def capsules(self, images):
        return (images * self.mask).flatten(1)[:, None].expand(-1, 10, -1)

    def reconstruct_each(self, capsules):
        return capsules.unflatten(2, (1, *self.mask.shape))


class Numbering(Copying):
    """Draw plain images, each class in a grey of its own."""

    def reconstruct_each(self, capsules):
        grey = torch.arange(10.0) / 10
        return grey[None, :, None, None, None].expand(len(capsules), 10, 1, *self.mask.shape)


class Undrawn(Copying):
    """Have been built without a decoder."""

    decoder = None  # type: ignore[assignment]


def test_what_is_copied_has_no_error_and_ignores_what_is_masked(measured):
    mask = torch.zeros(28, 28)
    mask[4:24, 6:20] = 1
    rows = measured(Copying(torch.ones(28, 28)), levels=(-90.0, 0.0, 90.0))
    assert [row["value"] for row in rows.all("reconstruction_error")] == [0, 0, 0]
    assert rows.levels("reconstruction_ignored") == [0, 90]
    assert [row["value"] for row in rows.all("reconstruction_ignored")] == [0, 0]
    rows = measured(Copying(mask), levels=(-90.0, 0.0, 90.0))
    assert [row["value"] for row in rows.all("reconstruction_ignored")] == [pytest.approx(1 - 280 / 784)] * 2


def test_the_error_is_that_of_the_true_classes_drawing(measured, digits):
    rows = measured(Numbering(torch.ones(28, 28)), levels=(0.0, 90.0))
    images = lay_out(SUITES["rotation"], "test", digits, 40)
    pixels = images.objects(torch.arange(40), CPU).numpy()
    grey = images.labels[:, 0, None, None, None] / 10
    for level, turns in ((0.0, 0), (90.0, 1)):
        expected = np.square(np.rot90(pixels, turns, (2, 3)) - grey).mean()
        assert rows.of("reconstruction_error", level=level)["value"] == pytest.approx(expected, rel=1e-5)
    assert {row["value"] for row in rows.all("reconstruction_ignored")} == {1.0}


def test_each_of_two_objects_is_compared_with_its_own_drawing(measured, digits):
    suite = SUITES["overlap"]
    side = suite.canvas
    rows = measured(Numbering(torch.ones(side, side)), "overlap", count=30)
    images = lay_out(suite, "test", digits, 30)
    positions = torch.arange(30)
    objects, labels = images.objects(positions, CPU), images.scenes.labels(positions)
    # An object keeps its ink wherever it lies, so its error does not depend on the level
    expected = [
        float(((one - label / 10) ** 2).mean())
        for pair, two in zip(objects, labels, strict=True)
        for one, label in zip(pair, two, strict=True)
    ]
    assert rows.levels("reconstruction_error") == list(suite.levels)
    for row in rows.all("reconstruction_error"):
        assert row["value"] == pytest.approx(np.mean(expected), rel=1e-5)
        assert row["count"] == 30


def test_without_a_decoder_there_are_no_drawings(measured):
    rows = measured(Undrawn(torch.ones(28, 28)), levels=(0.0, 90.0))
    assert not [row for row in rows if row["metric"].startswith("reconstruction")]
    assert rows.all("pose_linearity")
