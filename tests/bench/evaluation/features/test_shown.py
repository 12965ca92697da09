"""What models show of their inside, by models whose views, capsules and drawings are known."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from runbench.data.test_images import lay_out
from runbench.metrics.features.canonicalisation import normalised
from runbench.models.base import Classifier
from runbench.suites import SUITES
from runbench.transforms.geometric import Rotation
from runbench.transforms.lattice import Lattice

CPU = torch.device("cpu")
QUARTERS = (-90.0, 0.0, 90.0, 180.0)
IMAGE_MEASURES = ("canonicalisation_error", "canonicalisation_image_error", "recovered_correlation")


def bearings(images):
    """Return the direction in which the ink lies from the middle (B,), in radians, counter-clockwise."""
    place = torch.arange(images.shape[-1]) - (images.shape[-1] - 1) / 2
    across = (images.sum(dim=(1, 2)) * place).sum(dim=1)
    down = (images.sum(dim=(1, 3)) * place).sum(dim=1)
    return torch.atan2(-down, across)


class Undoing(Classifier):
    """Turn every image until its ink lies to the right: the true inverse of every turn."""

    sign = 1

    def forward(self, images):
        return images.flatten(1)[:, :10]

    def theta(self, images):
        angle = self.sign * bearings(images)
        rows = torch.stack((angle.cos(), angle.sin(), 0 * angle, -angle.sin(), angle.cos(), 0 * angle), dim=1)
        return rows.reshape(-1, 2, 3)

    def attend(self, images):
        grid = nn.functional.affine_grid(self.theta(images), list(images.shape), align_corners=False)
        return nn.functional.grid_sample(images, grid, align_corners=False)


class Doubling(Undoing):
    """Turn every image by its bearing once more."""

    sign = -1


class Still(Undoing):
    """Look at every image as it is."""

    sign = 0


class Holding(Classifier):
    """Hold where the ink lies in every capsule, beside a number that never changes and one of no use."""

    def forward(self, images):
        return self.capsules(images).norm(dim=2)

    def capsules(self, images):
        angle = bearings(images)
        useless = (images.flatten(1) @ torch.linspace(0, 5e4, images[0].numel())).sin()
        pose = torch.stack((angle.cos(), 3 * angle.sin() + 1, torch.full_like(angle, 0.3), useless), dim=1)
        return pose[:, None].expand(-1, 10, 4)


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


# Views


def test_the_true_inverse_has_no_error_and_follows_every_turn(measured, blobs):
    rows = measured(Undoing(), levels=QUARTERS, split=blobs)
    for level in QUARTERS:
        assert rows.of("canonicalisation_error", level=level)["value"] < 1e-4
        assert rows.of("canonicalisation_image_error", level=level)["value"] < 1e-4
    assert rows.of("recovered_correlation")["value"] == pytest.approx(1, abs=1e-6)


def test_between_quarter_turns_it_is_known_as_well_as_pixels_allow(measured, blobs):
    rows = measured(Undoing(), levels=range(-165, 181, 15), split=blobs)
    assert max(row["value"] for row in rows.all("canonicalisation_error")) < 0.02
    assert max(row["value"] for row in rows.all("canonicalisation_image_error")) < 0.1
    correlation = rows.of("recovered_correlation")
    assert correlation["low"] > 0.999
    assert len(correlation["resamples"]) == 1001


def test_who_turns_against_the_change_is_wrong_twice(measured, blobs):
    rows = measured(Doubling(), levels=(0.0, 40.0, 90.0), split=blobs)
    # The distance of two rotations is that of their angles: here twice the change
    for level in (40.0, 90.0):
        expected = 2 * math.sqrt(2) * math.sin(math.radians(level))
        assert rows.of("canonicalisation_error", level=level)["value"] == pytest.approx(expected, rel=0.01)
    assert rows.of("recovered_correlation")["value"] == pytest.approx(-1, abs=1e-3)


def test_who_does_not_react_is_wrong_by_the_change(measured, blobs):
    rows = measured(Still(), levels=(0.0, 40.0, 90.0), split=blobs)
    expected = 2 * math.sqrt(2) * math.sin(math.radians(20))
    assert rows.of("canonicalisation_error", level=40.0)["value"] == pytest.approx(expected, rel=1e-4)
    assert [row["value"] for row in rows.all("recovered_correlation")] == [0.0]
    images = lay_out(SUITES["rotation"], "test", blobs, 40).objects(torch.arange(40), CPU)
    apart = (torch.rot90(images, 1, (2, 3)) - images).flatten(1).norm(dim=1).sum() / images.flatten(1).norm(
        dim=1
    ).sum()
    found = rows.of("canonicalisation_image_error", level=90.0)["value"]
    assert found == pytest.approx(float(apart), rel=1e-4)


def test_a_shift_that_is_not_undone_is_two_over_the_side_for_each_pixel(measured, blobs):
    class Looking(Still):
        def theta(self, images):
            return torch.eye(3)[None, :2].expand(len(images), 2, 3)

    rows = measured(Looking(), "translation", levels=(0.0, 2.0), split=blobs)
    moves = lay_out(SUITES["translation"], "test", blobs, 40).parameters.norm(dim=1) * 2
    assert rows.of("canonicalisation_error", level=2.0)["value"] == pytest.approx(
        float(moves.mean()) * 2 / 40, rel=1e-4
    )
    # Displacements have no correlation of angles or factors
    assert rows.all("recovered_correlation") == []


def test_changes_without_a_matrix_leave_the_image_to_be_compared(measured, blobs):
    rows = measured(Still(), "elastic", levels=(0.0, 2.0), split=blobs)
    assert {row["metric"] for row in rows} & set(IMAGE_MEASURES) == {"canonicalisation_image_error"}


def test_a_model_that_chooses_no_view_has_no_rows_of_it(measured):
    rows = measured(Copying(torch.ones(28, 28)), levels=(0.0, 90.0))
    assert not {row["metric"] for row in rows} & set(IMAGE_MEASURES)


def test_the_blob_finder_is_right_about_what_it_is_used_for(blobs):
    images = blobs.images[:20].float() / 255
    turned = Rotation(30.0)(images, torch.empty(20, 0))
    gained = torch.rad2deg(bearings(turned) - bearings(images)).remainder(360)
    assert gained.tolist() == pytest.approx([30] * 20, abs=0.5)
    change = normalised(Rotation(30.0).matrix(torch.tensor([30.0]), torch.empty(1, 0), Lattice(28, 28)), (28, 28))
    assert change[0, :2, 2].abs().max() < 1e-6


# Capsules


def test_dimensions_that_hold_the_pose_are_linear_in_it_and_others_are_at_chance(measured, blobs):
    rows = measured(Holding(), levels=range(-165, 181, 15), split=blobs)
    for dimension in (0, 1):
        assert rows.of("pose_linearity", dimension=dimension)["value"] > 0.999
    found = {row["dimension"]: row for row in rows.all("pose_linearity")}
    # The third never changes
    assert sorted(found) == [0, 1, 3]
    assert found[3]["value"] == pytest.approx(found[3]["floor"], abs=0.05)
    # Cosine and sine of 24 angles
    assert [row["floor"] for row in found.values()] == pytest.approx([2 / 23] * 3)


def test_two_objects_have_no_pose_of_the_sweeps(measured):
    class Pair(Holding):
        def capsules(self, images):
            return images.flatten(1)[:, None, :40].expand(-1, 10, -1)

    assert measured(Pair(), "overlap", count=10).all("pose_linearity") == []


# Drawings


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
