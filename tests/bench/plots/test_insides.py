"""The figures of what models hold inside show what the arrays say."""

import io
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fixtures.synthetic import COVER, TURN, capsule_arrays, sample_arrays, transformer_arrays, turning
from runbench import plots
from runbench.plots.images.animation import LARGEST
from runbench.plots.images.capsules import in_two_colours, map_extent
from runbench.plots.images.strips import Images, Words, coloured, even_choice, joined, plot_rows
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]
LOOKS = plots.styles_of(
    pd.DataFrame({"model": ["stn", "stn-clean"], "architecture": "stn", "regime": ["augmented", "clean"]})
)


@pytest.fixture(autouse=True)
def in_style():
    with plots.figure_style():
        yield


def texts(axes):
    return [text.get_text() for text in axes.texts]


def shown(axes):
    return np.asarray(axes.get_images()[0].get_array())


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


def test_the_output_stands_below_its_input():
    arrays, stored = sample_arrays(TURN), transformer_arrays(TURN, 4)
    passed = {"stn": stored["attended"][:2], "stn-clean": stored["attended"][:2][:, ::-1]}
    figure = plots.plot_attended_along_axis(arrays["images"][:2], arrays["levels"], np.array([7, 8]), passed, TURN)
    assert [axes.get_yticklabels()[0].get_text() for axes in figure.axes] == [
        *("label 7", "stn", "stn-clean"),
        *("label 8", "stn", "stn-clean"),
    ]
    assert (shown(figure.axes[4]) == joined(stored["attended"][1])).all()
    assert (shown(figure.axes[2]) == joined(stored["attended"][0, ::-1])).all()
    tops = [axes.get_position().y1 for axes in figure.axes]
    assert tops == sorted(tops, reverse=True)


def test_the_output_of_a_set_has_the_labels_below():
    arrays = sample_arrays(COVER)
    passed = {"stn": transformer_arrays(COVER, 4)["attended"][:, 0]}
    figure = plots.plot_attended(arrays["images"][:, 0], arrays["labels"], passed)
    assert texts(figure.axes[-1]) == ["0 3", "1 4", "2 5", "3 6"]


def test_learning_is_shown_from_before_training_to_the_last_epoch():
    stored = transformer_arrays(TURN, 1, epochs=30)
    figure = plots.plot_learning(stored["watched"], stored["attended_by_epoch"], stored["theta_epochs"])
    names = [axes.get_yticklabels()[0].get_text() for axes in figure.axes]
    assert names[:2] == ["input", "before training"]
    assert names[-1] == "epoch 30"
    assert len(names) == 5
    assert (shown(figure.axes[-1]) == joined(stored["attended_by_epoch"][30])).all()


def frames(content):
    gif: Any = Image.open(io.BytesIO(content))
    pictures = []
    for place in range(gif.n_frames):
        gif.seek(place)
        pictures.append((np.asarray(gif.convert("RGB")).astype(int), gif.info["duration"]))
    return pictures


def learning(epochs=5):
    stored = transformer_arrays(TURN, 1, epochs=epochs)
    return tuple(stored[name] for name in ("watched", "attended_by_epoch", "theta_by_epoch", "theta_epochs"))


def test_the_animation_has_a_frame_per_epoch_and_waits_at_the_end():
    pictures = frames(plots.animate_learning(*learning()))
    assert len(pictures) == 6
    assert pictures[-1][1] > pictures[0][1] > 0
    assert all((pictures[i][0] != pictures[i + 1][0]).any() for i in range(5))
    assert (pictures[0][0][-1, 0] == 255).all()


def test_the_animation_shows_the_output_of_its_epoch():
    watched, attended, theta, epochs = learning()
    attended = np.zeros_like(attended)
    attended[3, 2] = 255
    pictures = [picture for picture, _ in frames(plots.animate_learning(watched, attended, theta, epochs))]
    changed = (pictures[3] - pictures[0]).min(axis=2) > 200
    rows, columns = np.nonzero(changed)
    # Under the third of eight columns, and as large as an image.
    assert 0.25 < columns.mean() / changed.shape[1] < 0.4
    assert changed.sum() > 80 * 80
    assert 0.4 < rows[len(rows) // 2] / changed.shape[0] < 0.8


def test_the_outline_in_the_animation_is_where_theta_samples():
    """A transformer that styles at the right lower quarter has its outline there, in the accent colour."""
    watched, attended, theta, epochs = learning(1)
    theta = np.tile(np.array([[0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 1]]), (2, 8, 1, 1))
    picture = frames(plots.animate_learning(watched[:1] * 0, attended[:, :1], theta[:, :1], epochs))[-1][0]
    accent = np.abs(picture - [int(mpl.colors.to_rgb("#c4500b")[i] * 255) for i in range(3)]).sum(axis=2) < 60
    black = picture.sum(axis=2) < 30
    y, x = np.nonzero(accent)
    # The tile of the input is black but for the outline; the output below it is not all black.
    top, left = np.argwhere(black & (np.arange(black.shape[0]) > 20)[:, None]).min(axis=0)
    left = np.nonzero(black[top])[0].min()
    assert (x.min() - left, y.min() - top) == pytest.approx((42, 42), abs=2)
    assert (x.max() - left, y.max() - top) == pytest.approx((84, 84), abs=2)


def test_a_theta_that_is_not_finite_is_written_and_not_drawn():
    watched, attended, theta, epochs = learning()
    theta[3] = np.nan
    assert len(frames(plots.animate_learning(watched, attended, theta, epochs))) == 6


def test_an_animation_stays_small():
    generator = np.random.default_rng(0)
    watched = generator.integers(0, 256, (8, 3, 40, 40), dtype=np.uint8)
    attended = generator.integers(0, 256, (30, 8, 3, 40, 40), dtype=np.uint8)
    content = plots.animate_learning(watched, attended, np.tile(np.eye(3), (30, 8, 1, 1)), np.arange(30))
    assert len(content) <= LARGEST
    assert len(frames(content)) >= 2


def theta_rows(model, values):
    """Return rows of theta whose entries are `values` (E, B, 3, 3)."""
    place = np.indices(values.shape).reshape(4, -1)
    columns = {"model": model, "epoch": place[0], "image": place[1], "row": place[2] + 1, "column": place[3] + 1}
    table = pd.DataFrame(columns | {"value": values.ravel()})
    return table[table["row"] < 3]


def test_theta_has_a_panel_per_entry():
    values = np.random.default_rng(3).normal(size=(4, 5, 3, 3))
    figure = plots.plot_theta(pd.concat([theta_rows("stn", values), theta_rows("stn-clean", -values)]), LOOKS)
    assert len(figure.axes) == 6
    for (row, column), axes in zip(np.ndindex(2, 3), figure.axes, strict=True):
        dashed, first, second = axes.get_lines()
        assert set(dashed.get_ydata()) == {float(row == column)}
        assert first.get_ydata() == pytest.approx(values[:, :, row, column].mean(axis=1))
        assert second.get_ydata() == pytest.approx(-values[:, :, row, column].mean(axis=1))
        lines: Any = axes.collections[0]
        segments = np.array(lines.get_segments())
        assert pytest.approx(values[:, :, row, column]) == segments[..., 1].T


def recovered_rows(model, levels, value, spread=5.0):
    return pd.DataFrame(
        {"model": model, "level": levels, "value": value, "low": value - spread, "high": value + spread}
    )


def test_a_perfect_canonicaliser_lies_on_the_diagonal():
    levels = np.arange(-165.0, 181.0, 15.0)
    figure = plots.plot_recovered(recovered_rows("stn", levels, levels), ROTATION, LOOKS)
    diagonal, *_ = figure.axes[0].get_lines()
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    assert any(
        len(line.get_xdata()) == 24 and (line.get_ydata() == levels).all() for line in figure.axes[0].get_lines()
    )


def test_what_leaves_at_the_top_comes_back_at_the_foot():
    levels = np.arange(-165.0, 181.0, 15.0)
    figure = plots.plot_recovered(recovered_rows("stn", levels, 2 * levels), ROTATION, LOOKS)
    lines = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 24]
    for level, value in zip(levels, 2 * levels, strict=True):
        inside = (value + 180) % 360 - 180
        assert any(np.isclose(line.get_ydata()[line.get_xdata() == level], inside).any() for line in lines)


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
    figure = plots.plot_reconstructed_pairs(*arrays)
    absent, classes = figure.axes[-2:]
    assert (shown(absent) == joined(stored["reconstruction_absent"][:5])).all()
    assert len(absent.patches) == 5
    assert texts(classes) == [str(number) for number in stored["reconstruction_absent_class"][:5]]
    assert (
        len(plots.plot_reconstructed_pairs(*arrays[:5], absent=None, absent_classes=None).axes)
        == len(figure.axes) - 2
    )


def test_pairs_are_right_in_either_order():
    stored = capsule_arrays(COVER, 4)
    arrays = [stored[f"reconstruction_{name}"][:2] for name in ("images", "labels", "predicted", "by_label")]
    arrays[2] = arrays[1][:, ::-1]
    figure = plots.plot_reconstructed_pairs(*arrays, by_prediction=arrays[3], absent=None, absent_classes=None)
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


def test_turning_turns_back_what_a_glyph_shows():
    assert turning(90.0)[:2, :2] == pytest.approx(np.array([[0, 1], [-1, 0]]), abs=1e-6)
