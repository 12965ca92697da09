import numpy as np

from fixtures.figures import shown, texts
from fixtures.shown import sample_arrays
from fixtures.suites import TURN
from runbench import plots
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


def probabilities(levels, classes=4):
    return np.random.default_rng(0).dirichlet(np.ones(classes), levels)


def test_class_probabilities_stand_below_the_image():
    arrays = sample_arrays(TURN)
    stored = {"a": probabilities(4), "b": probabilities(4)[::-1]}
    names = ["cat", "dog", "emu", "fox"]
    figure = plots.plot_probabilities(arrays["images"][0], arrays["levels"], np.array([2]), stored, TURN, names)
    strip, first, second, scale = figure.axes
    assert shown(strip).shape[:2] == (20, 4 * 22)
    assert (shown(first) == stored["a"].T).all()
    assert (shown(second) == stored["b"].T).all()
    assert first.get_images()[0].get_clim() == second.get_images()[0].get_clim() == (0, 1)
    assert [label.get_text() for label in first.get_yticklabels()] == names
    assert [label.get_fontweight() for label in first.get_yticklabels()] == ["normal", "normal", "bold", "normal"]
    # The first class is the topmost row of the image, so it must be the highest label.
    assert list(first.get_yticks()) == sorted(first.get_yticks(), reverse=True)
    assert texts(first) == ["a"]
    assert [label.get_text() for label in second.get_xticklabels()] == ["\N{MINUS SIGN}1", "0", "1", "2"]
    assert scale.get_position().x0 > first.get_position().x1


def test_probabilities_of_many_levels_are_thinned_as_the_image_is():
    levels = np.arange(-30.0, 31.0)
    images = np.zeros((61, 1, 8, 8), np.uint8)
    shares = np.tile(np.arange(61)[:, None], (1, 3)) / 61
    figure = plots.plot_probabilities(images, levels, np.array([0]), {"a": shares}, ROTATION, list("abc"))
    columns = (shown(figure.axes[1])[0] * 61).round().astype(int)
    assert len(columns) <= 24
    assert 30 in columns
    assert shown(figure.axes[0]).shape[1] == 10 * len(columns)
