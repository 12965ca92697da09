"""Test images with what each model makes of them: along the sweep, or side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from runbench.plots.style import INK, WIDTH, WRONG, axis_title, level_text, quiet_spines
from runbench.suites import Suite

MOST_LEVELS = 24
ROW = 0.62
"""Height of a row of predictions; an image is 1 high and 1 wide."""

WIDTH_WITH_NAMES = 9.5
LARGEST_IMAGE = 0.8
LETTER = 0.078
ROOM_FOR_AXIS, ROOM_BELOW = 0.75, 0.1
"""Sizes in inches: of the whole figure, of an image's side at most, of a letter of a model's name, and below."""

Array = npt.NDArray[Any]


def plot_samples_along_axis(
    images: Array, levels: Array, labels: Array, predicted: Mapping[str, Array], suite: Suite
) -> Figure:
    """Plot each sample's images along the sweep and, below, a row per model with the predicted classes.

    images (S, L, H, W) or (S, L, C, H, W) uint8, levels (L,), labels (S,), predicted (S, L) by model, -1 where
    scores were not finite; of pairs labels (S, 2) and predicted (S, L, 2), both sorted. An answer other than the
    label stands in a filled box. Of many levels an even choice is shown, the identity among them.
    """
    columns = _shown_levels(levels, suite.identity)
    models, truth = list(predicted), labels.reshape(len(labels), -1)
    titles = [f"label {_class_text(classes)}" for classes in truth]
    letters = max(map(len, [*models, *titles]))
    figure, rows = _grid(len(images), 1 + ROW * len(models), len(columns), letters, ROOM_FOR_AXIS)
    for sample, axes in enumerate(rows):
        _images(axes, images[sample][columns])
        answers = {model: _classes(predicted[model][sample])[columns] for model in models}
        _answers(axes, answers, np.broadcast_to(truth[sample], (len(columns), truth.shape[1])))
        _frame(axes, [titles[sample], *models], len(columns))
    marks = [level_text(level) for level in levels[columns]]
    rows[-1].set_xticks(np.arange(len(columns)) + 0.5, marks, fontsize=8, rotation=90 if len(columns) > 16 else 0)
    rows[-1].set_xlabel(axis_title(suite))
    return figure


def plot_samples(images: Array, labels: Array, predicted: Mapping[str, Array]) -> Figure:
    """Plot samples side by side and, below, their labels and a row per model with the predicted classes.

    images (S, H, W) or (S, C, H, W) uint8, labels (S,), predicted (S,) by model, -1 where scores were not finite;
    of pairs (S, 2), both sorted. An answer other than the label stands in a filled box.
    """
    truth = _classes(labels)
    answers = {"label": truth} | {model: _classes(classes) for model, classes in predicted.items()}
    figure, (axes,) = _grid(1, 1 + ROW * len(answers), len(images), max(map(len, answers)), ROOM_BELOW)
    _images(axes, images)
    _answers(axes, answers, truth)
    _frame(axes, ["", *answers], len(images))
    return figure


def _grid(samples: int, height: float, columns: int, letters: int, bottom: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with one axes per sample, `columns` wide and `height` high in units of one square image.

    Everything is placed by hand: squares stay square, and no layout engine has to measure every digit.
    `letters` is the length of the longest name to the left, `bottom` the room below in inches.
    """
    left, gap = 0.25 + LETTER * letters, 0.14
    side = min((WIDTH_WITH_NAMES - left) / columns, LARGEST_IMAGE)
    width, tall = max(left + side * columns + 0.1, WIDTH), samples * (side * height + gap) + bottom
    figure = Figure(figsize=(width, tall))
    tops = [tall - gap / 2 - sample * (side * height + gap) for sample in range(samples)]
    boxes = [
        (left / width, (top - side * height) / tall, side * columns / width, side * height / tall) for top in tops
    ]
    return figure, [figure.add_axes(box) for box in boxes]


def _shown_levels(levels: Array, identity: float) -> Array:
    if len(levels) <= MOST_LEVELS:
        return np.arange(len(levels))
    even = np.linspace(0, len(levels) - 1, MOST_LEVELS - 1).round().astype(int)
    return np.unique([*even, int(np.abs(levels - identity).argmin())])


def _classes(answers: Array) -> Array:
    """Return one row of classes per image, one class or two: (N,) or (N, 2) as (N, 1) or (N, 2)."""
    return answers.reshape(len(answers), -1)


def _class_text(classes: Array) -> str:
    return "\N{EN DASH}" if (classes < 0).any() else " ".join(str(number) for number in classes)


def _images(axes: Axes, images: Array) -> None:
    """Show images (N, H, W) or (N, C, H, W) side by side, a unit wide each."""
    strip = _strip(images)
    axes.imshow(strip, cmap="gray", vmin=0, vmax=255, extent=(0, len(images), 0, 1), aspect="auto")


def _strip(images: Array) -> Array:
    """Join images (L, H, W) or (L, C, H, W) side by side on white, one pixel apart."""
    channels_last = images if images.ndim == 3 else np.moveaxis(images, 1, -1)
    if channels_last.ndim == 4 and channels_last.shape[-1] == 1:
        channels_last = channels_last[..., 0]
    edge = [(0, 0), (0, 0), (1, 1)] + [(0, 0)] * (channels_last.ndim - 3)
    padded = np.pad(channels_last, edge, constant_values=255)
    return np.concatenate(list(padded), axis=1)


def _answers(axes: Axes, answers: Mapping[str, Array], truth: Array) -> None:
    """Write a row of classes (N, K) per name, in a filled box what is not the truth (N, K)."""
    boxes = []
    for row, classes in enumerate(answers.values()):
        middle = -(row + 0.5) * ROW
        for column, (answer, label) in enumerate(zip(classes, truth, strict=True)):
            wrong = not np.array_equal(answer, label)
            axes.text(
                column + 0.5,
                middle,
                _class_text(answer),
                ha="center",
                va="center_baseline",
                fontsize=8.5,
                fontweight="bold" if wrong else "normal",
                color="white" if wrong else INK,
            )
            if wrong:
                boxes.append(Rectangle((column + 0.04, middle - ROW / 2 + 0.03), 0.92, ROW - 0.06))
    axes.add_collection(PatchCollection(boxes, facecolor=WRONG, edgecolor="none"))


def _frame(axes: Axes, names: list[str], columns: int) -> None:
    """Name the images and the rows of answers below them, in that order."""
    answers = len(names) - 1
    places = [0.5, *(-(row + 0.5) * ROW for row in range(answers))]
    axes.set_yticks(places, names, fontsize=8.5)
    axes.set_xticks([])
    axes.set(xlim=(0, columns), ylim=(-ROW * answers, 1))
    axes.tick_params(length=0)
    axes.grid(visible=False)
    quiet_spines(axes, "top", "right", "left", "bottom")
