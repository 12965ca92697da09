import numpy as np
import pytest

from fixtures.figures import shown, texts
from fixtures.shown import sample_arrays
from fixtures.suites import COVER, SHIFT
from runbench import plots
from runbench.plots.images.strips import joined
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def along_axis(arrays, predicted, suite):
    return plots.plot_samples_along_axis(arrays["images"], arrays["levels"], arrays["labels"], predicted, suite)


def names(figure):
    return [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()]


def boxed(axes):
    """What is written in bold, which is as much as stands in a box."""
    bold = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    assert len(axes.patches) == len(bold)
    return bold


def test_what_is_not_the_label_stands_in_a_box():
    arrays = sample_arrays(SHIFT, samples=2)
    predicted = {"one": np.array([[0, 0, 0, 0, 0], [1, 1, 7, -1, 1]]), "other": np.array([[0] * 5, [1] * 5])}
    figure = along_axis(arrays, predicted, SHIFT)
    assert names(figure) == ["label 0", "one", "other", "label 1", "one", "other"]
    assert [boxed(axes) for axes in figure.axes] == [[], [], [], [], ["7", "\N{EN DASH}"], []]
    assert texts(figure.axes[4]) == ["1", "1", "7", "\N{EN DASH}", "1"]
    assert figure.axes[-1].get_xlabel() == "displacement (pixels)"


@pytest.mark.parametrize("channels", [1, 3])
def test_each_sample_is_shown_at_every_level(channels):
    images = np.random.default_rng(0).integers(0, 256, (2, 5, channels, 8, 8), dtype=np.uint8)
    arrays = {"images": images, "levels": np.asarray(SHIFT.levels), "labels": np.zeros(2, dtype=int)}
    figure = along_axis(arrays, {"one": np.zeros((2, 5), dtype=int)}, SHIFT)
    for sample, axes in enumerate(figure.axes[::2]):
        assert (shown(axes) == joined(images[sample])).all()


def test_many_levels_are_thinned_and_the_identity_is_kept():
    levels = np.linspace(-60, 60, 121)
    arrays = {
        "images": np.zeros((1, 121, 4, 4), dtype=np.uint8),
        "levels": levels,
        "labels": np.zeros(1, dtype=int),
    }
    figure = along_axis(arrays, {"one": np.arange(121)[np.newaxis]}, ROTATION)
    ticks = [text.get_text() for text in figure.axes[-1].get_xticklabels()]
    assert len(ticks) <= 24
    # The answers are those at the levels that are shown: the 61st of them, number 60, at the identity
    assert texts(figure.axes[-1])[ticks.index("0")] == "60"


def test_a_set_of_labels_is_right_only_where_all_are():
    arrays = sample_arrays(COVER, samples=1)
    assert arrays["labels"].tolist() == [[0, 3]]
    figure = along_axis(arrays, {"one": np.array([[[0, 3], [0, 5], [-1, -1]]])}, COVER)
    assert names(figure) == ["label 0 3", "one"]
    assert texts(figure.axes[1]) == ["0 3", "0 5", "\N{EN DASH}"]
    assert boxed(figure.axes[1]) == ["0 5", "\N{EN DASH}"]


def test_samples_of_a_set_stand_side_by_side_with_their_labels():
    images = np.zeros((3, 1, 8, 8), dtype=np.uint8)
    figure = plots.plot_samples(images, np.array([4, 5, 6]), {"one": np.array([4, 0, 6])})
    assert names(figure) == ["", "label", "one"]
    assert [texts(axes) for axes in figure.axes] == [[], ["4", "5", "6"], ["4", "0", "6"]]
    assert [boxed(axes) for axes in figure.axes] == [[], [], ["0"]]


def test_images_are_square():
    arrays = sample_arrays(SHIFT, samples=3)
    figure = along_axis(arrays, {"a-long-model-name": np.zeros((3, 5), int)}, SHIFT)
    width, height = figure.get_size_inches()
    box = figure.axes[0].get_position()
    assert box.width * width / 5 == pytest.approx(box.height * height)
