"""A suite's sample images with the models' answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.report.exhibit import Exhibit, SuiteTables
from runbench.store.samples import Array, StoredSamples

SAMPLES_ALONG_AXIS, SAMPLES_OF_SET = 4, 10

BOXES = "Bold white in a filled box: not the image's label; a dash: no finite scores."


def along_axis(tables: SuiteTables, gallery: StoredSamples) -> Iterator[Exhibit]:
    """Draw a few samples at every level with the models' answers."""
    shown = _even_choice(gallery, SAMPLES_ALONG_AXIS)
    predicted = {model: answers[shown] for model, answers in gallery.predicted.items()}
    yield Exhibit(
        f"{tables.suite.name}-gallery",
        "Sample images and what each model makes of them",
        f"Test images along the {tables.suite.axis}, as the networks see them, and under each the "
        f"{tables.suite.task.answer} that each model predicts. {BOXES} An image whose label the transform "
        f"makes ambiguous is still compared with its own label.{_classes(tables)}",
        partial(
            plots.plot_gallery,
            gallery.images[shown],
            gallery.levels,
            gallery.labels[shown],
            predicted,
            tables.suite,
        ),
        _rows(gallery, shown),
    )


def of_set(tables: SuiteTables, gallery: StoredSamples) -> Iterator[Exhibit]:
    """Draw samples of a set, which has one level, side by side with the models' answers."""
    shown = _even_choice(gallery, SAMPLES_OF_SET)
    predicted = {model: answers[shown, 0] for model, answers in gallery.predicted.items()}
    yield Exhibit(
        f"{tables.suite.name}-gallery",
        "Sample images and what each model makes of them",
        f"Test images of the set, as the networks see them, and under each its label and the "
        f"{tables.suite.task.answer} that each model predicts. {BOXES}{_classes(tables)}",
        partial(plots.plot_samples, gallery.images[shown, 0], gallery.labels[shown], predicted),
        _rows(gallery, shown),
    )


def _even_choice(gallery: StoredSamples, most: int) -> Array:
    return np.unique(np.linspace(0, len(gallery.images) - 1, most).round().astype(int))


def _classes(tables: SuiteTables) -> str:
    """Say which number is which class, unless the names are the numbers."""
    numbered = list(enumerate(tables.classes))
    if all(name == str(number) for number, name in numbered):
        return ""
    return f" Classes: {', '.join(f'{number} {name}' for number, name in numbered)}."


def _rows(gallery: StoredSamples, shown: Array) -> pd.DataFrame:
    """Return one row per model, sample and level, with a column for each label and each predicted class."""
    count = len(gallery.levels)
    labels = gallery.labels[shown].reshape(len(shown), -1)
    names = ("", "_2")[: labels.shape[1]]
    parts = []
    for model, answers in gallery.predicted.items():
        classes = answers[shown].reshape(len(shown) * count, -1)
        columns = {"model": model, "sample": np.repeat(gallery.sample[shown], count)}
        columns |= {f"label{name}": np.repeat(labels[:, place], count) for place, name in enumerate(names)}
        columns |= {"level": np.tile(gallery.levels, len(shown))}
        columns |= {f"predicted{name}": classes[:, place] for place, name in enumerate(names)}
        columns |= {"confidence": gallery.confidence[model][shown].ravel()}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
