"""Test images with what each model makes of them: along the sweep, or side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Integer
from matplotlib.figure import Figure

from runbench.plots.images.strips import (
    MOST_COLUMNS,
    AlongAxis,
    Images,
    Levels,
    OfImages,
    OfSamples,
    Pictures,
    Words,
    class_text,
    even_choice,
    plot_rows,
)
from runbench.plots.style import axis_title, level_text
from runbench.suites import Suite

Answers = Integer[np.ndarray, "answers *objects"]


def plot_samples_along_axis(
    images: AlongAxis,
    levels: Levels,
    labels: OfSamples,
    predicted: Mapping[str, Integer[np.ndarray, "samples levels *objects"]],
    suite: Suite,
) -> Figure:
    """Plot each sample's images along the sweep and, below, a row per model with the predicted classes.

    images (S, L, H, W) or (S, L, C, H, W) uint8, levels (L,), labels (S,), predicted (S, L) by model, -1 where
    scores were not finite; of label sets labels (S, 2) and predicted (S, L, 2), both sorted. An answer other than
    the label stands in a filled box. Of many levels an even choice is shown, the identity among them.
    """
    columns = even_choice(len(levels), MOST_COLUMNS, int(np.abs(levels - suite.identity).argmin()))
    blocks = [
        [
            Images(f"label {class_text(truth)}", images[sample][columns]),
            *(_answers(model, classes[sample][columns], truth) for model, classes in predicted.items()),
        ]
        for sample, truth in enumerate(labels.reshape(len(labels), -1))
    ]
    return plot_rows(blocks, [level_text(level) for level in levels[columns]], axis_title(suite))


def plot_samples(
    images: Pictures,
    labels: OfImages,
    predicted: Mapping[str, OfImages],
) -> Figure:
    """Plot samples side by side and, below, their labels and a row per model with the predicted classes.

    images (S, H, W) or (S, C, H, W) uint8, labels (S,), predicted (S,) by model, -1 where scores were not finite;
    of label sets (S, 2), both sorted. An answer other than the label stands in a filled box.
    """
    truth = labels.reshape(len(labels), -1)
    answers = [_answers(model, classes, truth) for model, classes in {"label": labels, **predicted}.items()]
    return plot_rows([[Images("", images), *answers]])


def _answers(model: str, classes: Answers, truth: Integer[np.ndarray, "*answers objects"]) -> Words:
    """Return the classes that a model predicts, boxed where they are not the truth, (k,) or for each its own."""
    answers = classes.reshape(len(classes), -1)
    wrong = (answers != truth).any(axis=1)
    return Words(model, tuple((class_text(answer),) for answer in answers), tuple(wrong.tolist()))
