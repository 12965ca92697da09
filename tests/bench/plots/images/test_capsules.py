from typing import Any

import numpy as np

from fixtures.figures import learning, shown, texts
from fixtures.shown import capsule_arrays, sample_arrays
from fixtures.suites import COVER, TURN
from runbench import plots
from runbench.plots.images.capsules import in_two_colours, map_extent
from runbench.plots.images.strips import joined


def test_reconstructions_box_what_was_taken_for_another_class():
    stored = capsule_arrays(TURN, 4)
    labels, predicted = stored["reconstruction_labels"][:4, 0], stored["reconstruction_predicted"][:4, 0]
    drawings = [stored[f"reconstruction_{name}"][:4, 0] for name in ("by_label", "by_prediction")]
    figure = plots.plot_reconstructions(stored["reconstruction_images"][:4], labels, predicted, *drawings)
    target, by_label, by_prediction, first, second = figure.axes
    assert (shown(target) == joined(stored["reconstruction_images"][:4])).all()
    assert (shown(by_label) == joined(drawings[0])).all()
    assert (shown(by_prediction) == joined(drawings[1])).all()
    assert texts(first) == ["0", "1", "2", "3"]
    assert texts(second) == ["0", "1", "3", "3"]
    assert [text.get_color() == "white" for text in second.texts] == [False, False, True, False]
    patches: Any = second.patches
    assert [int(patch.get_x()) for patch in patches] == [2]


def test_two_digits_are_drawn_in_two_colours():
    drawings = np.zeros((1, 2, 1, 2, 2), np.uint8)
    drawings[0, 0, 0, 0] = 255
    drawings[0, 1, 0, :, 0] = 255
    both = in_two_colours(drawings)[0].transpose(1, 2, 0)
    assert (both[1, 1] == 0).all()
    assert both[0, 1].argmax() == 0
    assert both[1, 0].argmax() == 2
    assert (both[0, 0] == 255).all()
    assert (in_two_colours(drawings // 2)[0, :, 0, 1] < both[0, 1]).all()


def test_digits_that_are_not_there_stand_in_a_frame():
    stored = capsule_arrays(COVER, 4)
    names = ("images", "labels", "predicted", "by_label", "by_prediction", "absent", "absent_class")
    arrays = [stored[f"reconstruction_{name}"][:5] for name in names]
    figure = plots.plot_reconstructed_digits(*arrays)
    absent, classes = figure.axes[-2:]
    assert (shown(absent) == joined(stored["reconstruction_absent"][:5])).all()
    assert len(absent.patches) == 5
    assert texts(classes) == [str(number) for number in stored["reconstruction_absent_class"][:5]]
    assert (
        len(plots.plot_reconstructed_digits(*arrays[:5], absent=None, absent_classes=None).axes)
        == len(figure.axes) - 2
    )


def test_pairs_are_right_in_either_order():
    stored = capsule_arrays(COVER, 4)
    arrays = [stored[f"reconstruction_{name}"][:2] for name in ("images", "labels", "predicted", "by_label")]
    arrays[2] = arrays[1][:, ::-1]
    figure = plots.plot_reconstructed_digits(*arrays, by_prediction=arrays[3], absent=None, absent_classes=None)
    assert not any(axes.patches for axes in figure.axes)


def test_each_dimension_has_a_row_and_each_step_a_column():
    stored = capsule_arrays(TURN, 4)
    drawings = stored["dimensions"][:2]
    figure = plots.plot_dimensions(drawings, stored["dimension_labels"][:2], stored["dimension_steps"])
    second = figure.axes[1]
    picture = shown(second)[..., 0]
    side = drawings.shape[-1] + 2
    assert picture.shape == (16 * side, 11 * side)
    cell = picture[5 * side + 1 : 6 * side - 1, 9 * side + 1 : 10 * side - 1]
    assert (cell == drawings[1, 5, 9, 0]).all()
    assert [label.get_text() for label in second.get_xticklabels()] == ["\N{MINUS SIGN}0.25", "0", "0.25"]
    assert second.get_title(loc="left") == "capsule of the 4"


def test_coupling_lies_over_the_image_where_its_lattice_says():
    assert map_extent((6, 6), (28, 28), None) == (-0.5, 27.5, 27.5, -0.5)
    left, right, foot, head = map_extent((6, 4), (28, 28), (2.0, 8.0))
    # Six rows at 8, 10 ... 18 and four columns at 8 ... 14, each a pixel to either side.
    assert (left, right, foot, head) == (7, 15, 19, 7)


def test_coupling_is_drawn_on_one_scale_per_model():
    maps = np.random.default_rng(0).uniform(size=(3, 6, 6))
    images = sample_arrays(TURN)["images"][:3, 0]
    lattices = {"a": None, "b": (2.0, 4.0)}
    figure = plots.plot_coupling(images, ["0", "1", "0"], "turn", {"a": maps, "b": maps / 4}, lattices)
    title, picture, first, second = figure.axes
    assert texts(title) == ["0", "1", "0"]
    assert (shown(picture) == joined(images)).all()
    for axes, highest in ((first, maps.max()), (second, maps.max() / 4)):
        *cells, scale = axes.child_axes
        assert [cell.get_images()[0].get_clim() for cell in cells] == [(0, highest)] * 3
        assert scale.get_yticklabels()[-1].get_text() == f"{highest:.2g}"
    assert (shown(second.child_axes[1]) == maps[1] / 4).all()
    assert len(plots.plot_coupling(images, [], "", {"a": maps}, lattices).axes) == 2


def test_images_of_one_grey_and_coupling_without_numbers_are_survived():
    maps = np.full((2, 6, 6), np.nan)
    figure = plots.plot_coupling(np.zeros((2, 1, 8, 8), np.uint8), [], "", {"a": maps}, {"a": None})
    assert plots.figure_files(figure)["png"]


def test_the_same_arrays_give_the_same_bytes():
    assert plots.animate_learning(*learning()) == plots.animate_learning(*learning())
    watched, attended, _, epochs = learning()
    first, second = (plots.figure_files(plots.plot_learning(watched, attended, epochs)) for _ in range(2))
    assert first == second
