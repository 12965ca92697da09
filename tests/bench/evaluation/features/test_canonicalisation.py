"""How well models undo the change whose views are known."""

import math

import pytest
import torch
from torch import nn

from fixtures.known_networks import bearings, stack
from runbench.data.test_images import CPU, lay_out
from runbench.metrics.features.canonicalisation import normalised
from runbench.models.base import Classifier
from runbench.suites import SUITES
from runbench.transforms.geometric import Rotation
from runbench.transforms.lattice import Lattice

QUARTERS = (-90.0, 0.0, 90.0, 180.0)
IMAGE_METRICS = ("canonicalisation_error", "canonicalisation_image_error", "recovered_correlation")


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
    assert {row["metric"] for row in rows} & set(IMAGE_METRICS) == {"canonicalisation_image_error"}


def test_a_model_that_chooses_no_view_has_no_rows_of_it(measured):
    rows = measured(stack(), levels=(0.0, 90.0))
    assert not {row["metric"] for row in rows} & set(IMAGE_METRICS)


def test_the_blob_finder_is_right_about_what_it_is_used_for(blobs):
    images = blobs.images[:20].float() / 255
    turned = Rotation(30.0)(images, torch.empty(20, 0))
    gained = torch.rad2deg(bearings(turned) - bearings(images)).remainder(360)
    assert gained.tolist() == pytest.approx([30] * 20, abs=0.5)
    change = normalised(Rotation(30.0).matrix(torch.tensor([30.0]), torch.empty(1, 0), Lattice(28, 28)), (28, 28))
    assert change[0, :2, 2].abs().max() < 1e-6
