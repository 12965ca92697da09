import numpy as np
import pytest

from fixtures.shown import sample_arrays
from fixtures.suites import COVER, SHIFT
from runbench import plots
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def test_the_gallery_boxes_what_is_not_the_label():
    arrays = sample_arrays(SHIFT, samples=2)
    predicted = {"one": np.array([[0, 0, 0, 0, 0], [1, 1, 7, -1, 1]]), "other": np.array([[0] * 5, [1] * 5])}
    figure = plots.plot_samples_along_axis(arrays["images"], arrays["levels"], arrays["labels"], predicted, SHIFT)
    first, second = figure.axes
    assert [text.get_text() for text in first.get_yticklabels()] == ["label 0", "one", "other"]
    assert [len(axes.collections[0].get_paths()) for axes in (first, second)] == [0, 2]
    bold = [text.get_text() for text in second.texts if text.get_fontweight() == "bold"]
    assert bold == ["7", "\N{EN DASH}"]
    assert second.get_xlabel() == "displacement (pixels)"


@pytest.mark.parametrize("shape", [(2, 5, 1, 8, 8), (2, 5, 3, 8, 8)])
def test_the_samples_take_channels(shape):
    images = np.zeros(shape, dtype=np.uint8)
    predicted = {"one": np.zeros((2, 5), dtype=int)}
    figure = plots.plot_samples_along_axis(
        images, np.asarray(SHIFT.levels), np.zeros(2, dtype=int), predicted, SHIFT
    )
    drawn = figure.axes[0].images[0].get_array().shape
    assert drawn == ((8, 50) if shape[2] == 1 else (8, 50, 3))


def test_the_gallery_thins_many_levels_but_keeps_the_identity():
    levels = np.linspace(-60, 60, 121)
    images = np.zeros((1, 121, 4, 4), dtype=np.uint8)
    figure = plots.plot_samples_along_axis(
        images, levels, np.zeros(1), {"one": np.zeros((1, 121), dtype=int)}, ROTATION
    )
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert len(ticks) <= 24
    assert "0" in ticks


def test_the_gallery_of_pairs_is_right_only_where_both_are():
    arrays = sample_arrays(COVER, samples=1)
    assert arrays["labels"].tolist() == [[0, 3]]
    predicted = {"one": np.array([[[0, 3], [0, 5], [-1, -1]]])}
    figure = plots.plot_samples_along_axis(arrays["images"], arrays["levels"], arrays["labels"], predicted, COVER)
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["label 0 3", "one"]
    assert [text.get_text() for text in axes.texts] == ["0 3", "0 5", "\N{EN DASH}"]
    assert [text.get_fontweight() for text in axes.texts] == ["normal", "bold", "bold"]


def test_samples_of_a_set_stand_side_by_side_with_their_labels():
    images = np.zeros((3, 1, 8, 8), dtype=np.uint8)
    figure = plots.plot_samples(images, np.array([4, 5, 6]), {"one": np.array([4, 0, 6])})
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["", "label", "one"]
    assert [text.get_text() for text in axes.texts] == ["4", "5", "6", "4", "0", "6"]
    assert [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"] == ["0"]
    assert len(axes.collections[0].get_paths()) == 1


def test_images_in_the_gallery_are_square():
    arrays = sample_arrays(SHIFT, samples=3)
    figure = plots.plot_samples_along_axis(
        arrays["images"], arrays["levels"], arrays["labels"], {"a-long-model-name": np.zeros((3, 5), int)}, SHIFT
    )
    width, height = figure.get_size_inches()
    box = figure.axes[0].get_position()
    across = box.width * width / 5
    down = box.height * height / np.ptp(figure.axes[0].get_ylim())
    assert across == pytest.approx(down)
