"""Test images along the sweep with what each model makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bench.plots.style import INK, WRONG, level_text, quiet_spines
from bench.suites import Suite

MOST_LEVELS = 24
ROW = 0.62
"""Height of a row of predictions; an image is 1 high and 1 wide."""

WIDTH_WITH_NAMES = 9.5
LARGEST_IMAGE = 0.8
LETTER = 0.078
"""Sizes in inches: of the whole figure, of an image's side at most, and of a letter of a model's name."""

Array = npt.NDArray[Any]


def plot_gallery(
    images: Array, levels: Array, labels: Array, predicted: Mapping[str, Array], suite: Suite
) -> Figure:
    """Plot each sample's images along the sweep and, below, a row per model with the predicted classes.

    images (S, L, H, W) or (S, L, C, H, W) uint8, levels (L,), labels (S,), predicted (S, L) by model, -1 where
    scores were not finite. A class other than the label stands in a filled box. Of many levels an even choice
    is shown, the identity among them.
    """
    columns = _shown_levels(levels, suite.identity)
    models = list(predicted)
    figure, rows = _grid(len(images), 1 + ROW * len(models), len(columns), max(map(len, [*models, "label 0"])))
    for sample, axes in enumerate(rows):
        strip = _strip(images[sample][columns])
        axes.imshow(strip, cmap="gray", vmin=0, vmax=255, extent=(0, len(columns), 0, 1), aspect="auto")
        answers = {model: predicted[model][sample][columns] for model in models}
        _answers(axes, answers, int(labels[sample]))
        _frame(axes, models, len(columns), f"label {labels[sample]}")
    marks = [level_text(level) for level in levels[columns]]
    rows[-1].set_xticks(np.arange(len(columns)) + 0.5, marks, fontsize=8, rotation=90 if len(columns) > 16 else 0)
    rows[-1].set_xlabel(f"{suite.axis} ({suite.unit})")
    return figure


def _grid(samples: int, height: float, columns: int, letters: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with one axes per sample, `columns` wide and `height` high in units of one square image.

    Everything is placed by hand: squares stay square, and no layout engine has to measure every digit.
    `letters` is the length of the longest name to the left.
    """
    left, gap, bottom = 0.25 + LETTER * letters, 0.14, 0.75
    side = min((WIDTH_WITH_NAMES - left) / columns, LARGEST_IMAGE)
    width, tall = left + side * columns + 0.1, samples * (side * height + gap) + bottom
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


def _strip(images: Array) -> Array:
    """Join images (L, H, W) or (L, C, H, W) side by side on white, one pixel apart."""
    channels_last = images if images.ndim == 3 else np.moveaxis(images, 1, -1)
    if channels_last.ndim == 4 and channels_last.shape[-1] == 1:
        channels_last = channels_last[..., 0]
    edge = [(0, 0), (0, 0), (1, 1)] + [(0, 0)] * (channels_last.ndim - 3)
    padded = np.pad(channels_last, edge, constant_values=255)
    return np.concatenate(list(padded), axis=1)


def _answers(axes: Axes, answers: Mapping[str, Array], label: int) -> None:
    boxes = []
    for row, classes in enumerate(answers.values()):
        middle = -(row + 0.5) * ROW
        for column, answer in enumerate(classes):
            wrong = answer != label
            axes.text(
                column + 0.5,
                middle,
                "\N{EN DASH}" if answer < 0 else str(answer),
                ha="center",
                va="center_baseline",
                fontsize=8.5,
                fontweight="bold" if wrong else "normal",
                color="white" if wrong else INK,
            )
            if wrong:
                boxes.append(Rectangle((column + 0.04, middle - ROW / 2 + 0.03), 0.92, ROW - 0.06))
    axes.add_collection(PatchCollection(boxes, facecolor=WRONG, edgecolor="none"))


def _frame(axes: Axes, models: list[str], columns: int, title: str) -> None:
    places = [0.5, *(-(row + 0.5) * ROW for row in range(len(models)))]
    axes.set_yticks(places, [title, *models], fontsize=8.5)
    axes.set_xticks([])
    axes.set(xlim=(0, columns), ylim=(-ROW * len(models), 1))
    axes.tick_params(length=0)
    axes.grid(visible=False)
    quiet_spines(axes, "top", "right", "left", "bottom")
