import numpy as np
import pytest
from jaxtyping import TypeCheckError

from runbench.plots.images.strips import Images, Words, coloured, even_choice, joined, plot_rows


def test_strips_are_coloured_and_a_pixel_apart():
    grey = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 1, 3, 3)
    strip = joined(grey)
    assert strip.shape == (3, 10, 3)
    assert (strip[:, 1:4, 1] == grey[0, 0]).all()
    assert (strip[:, 6:9, 2] == grey[1, 0]).all()
    assert (strip[:, [0, 4, 5, 9]] == 255).all()
    colour = np.stack([grey[:, 0]] * 2 + [grey[:, 0] + 1], axis=1)
    assert (coloured(colour)[..., 2] == grey[:, 0] + 1).all()
    assert (coloured(np.concatenate([grey, grey + 2], axis=1))[..., 0] == grey[:, 0] + 1).all()


def test_an_even_choice_keeps_what_must_be_seen():
    assert even_choice(5, 24, 2).tolist() == [0, 1, 2, 3, 4]
    chosen = even_choice(100, 10, 37)
    assert {0, 37, 99} <= set(chosen.tolist())
    assert len(chosen) <= 10


def test_images_in_rows_are_square_and_stay_in_the_figure():
    images = np.zeros((5, 1, 8, 8), np.uint8)
    figure = plot_rows([[Images("a long name of a row", images)], [Words("w", (("1",),) * 5)]], list("abcde"), "x")
    width, height = figure.get_size_inches()
    box = figure.axes[0].get_position()
    assert box.width * width / 5 == pytest.approx(box.height * height)
    drawn = figure.get_tightbbox()
    assert drawn.x0 >= 0
    assert drawn.y0 >= 0
    assert drawn.x1 <= width
    assert drawn.y1 <= height


@pytest.mark.parametrize("images", [np.zeros((2, 8, 8)), np.zeros((8, 8), np.uint8)], ids=["floats", "one image"])
def test_what_are_no_rows_of_images_is_refused_in_the_tests(images):
    with pytest.raises(TypeCheckError):
        Images("input", images)
