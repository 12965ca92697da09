from dataclasses import replace

import numpy as np
import pytest

from fixtures.suite_tables import figure_of, with_arrays
from runbench.report.figures.capsules.reconstructions import MOST_RECONSTRUCTIONS, reconstructions


def test_failures_are_among_the_reconstructions(degrees):
    shown = figure_of(reconstructions, degrees)
    table = shown.table
    assert (table["failed"] == (table["label"] != table["predicted"])).all()
    assert table["error_by_label"].tolist() == [0] * 14
    assert (table["error_by_prediction"] > 0).tolist() == table["failed"].tolist()
    assert "3 of them failures" in shown.caption


def test_many_failures_leave_room_for_what_is_right(degrees):
    group = degrees.samples.introspections["capsnet"].reconstructions
    labels, predicted = group.reconstruction_labels, group.reconstruction_predicted.copy()
    predicted[:8] = (labels[:8] + 1) % 10
    many = with_arrays(degrees, "capsnet", "reconstructions", reconstruction_predicted=predicted)
    right = int((predicted == labels).sum())
    caption = figure_of(reconstructions, many).caption
    assert f"{MOST_RECONSTRUCTIONS - right} of them failures" in caption


def test_a_model_without_failures_says_so(degrees):
    group = degrees.samples.introspections["capsnet"].reconstructions
    right = with_arrays(
        degrees, "capsnet", "reconstructions", reconstruction_predicted=group.reconstruction_labels
    )
    shown = figure_of(reconstructions, right)
    assert "no failure among them" in shown.caption
    assert not shown.table["failed"].any()


def test_the_order_of_a_pair_is_no_failure(pairs):
    group = pairs.samples.introspections["capsnet"].reconstructions
    turned = with_arrays(
        pairs, "capsnet", "reconstructions", reconstruction_predicted=group.reconstruction_labels[:, ::-1]
    )
    assert not figure_of(reconstructions, turned).table["failed"].any()


def test_drawings_of_a_pair_are_added_and_cut_at_white(pairs):
    group = pairs.samples.introspections["capsnet"].reconstructions
    table = figure_of(reconstructions, pairs).table
    drawings = np.clip(group.reconstruction_by_label.astype(int).sum(axis=1), 0, 255) / 255
    expected = ((drawings - group.reconstruction_images / 255) ** 2).mean(axis=(1, 2, 3))
    assert table["error_by_label"].tolist() == pytest.approx(expected.tolist())
    assert {"label", "label_2", "predicted", "predicted_2"} <= set(table.columns)


def test_a_digit_that_is_not_there_is_told_where_it_is_drawn(pairs):
    words = "In a frame: what the capsule of a digit draws that is not in the image"
    assert words in figure_of(reconstructions, pairs).caption
    capsnet = replace(pairs.samples.introspections["capsnet"], absent=None)
    without = replace(pairs, samples=replace(pairs.samples, introspections={"capsnet": capsnet}))
    assert words not in figure_of(reconstructions, without).caption


def test_the_caption_names_the_level_along_an_axis_alone(degrees, images_set):
    assert "Test images at a level of 0 (rotation angle), 3 of them" in figure_of(reconstructions, degrees).caption
    on_set = replace(images_set, earlier={})
    assert "Test images, 3 of them" in figure_of(reconstructions, on_set).caption


def test_what_an_earlier_suite_shows_is_said_and_not_drawn_again(images_set):
    assert list(reconstructions(images_set)) == [
        "The same networks, so not drawn again: reconstructions of capsnet under degrees."
    ]
