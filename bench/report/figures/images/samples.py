"""Sample images with the models' answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.introspection import even_places
from runbench.report.figures.registry import ANSWERS, AXIS, SET, register_figure
from runbench.store.samples import StoredSamples

SAMPLES_ALONG_AXIS, SAMPLES_OF_SET = 4, 10

BOXES = "Bold white in a filled box: not the image's label; a dash: no finite scores."


@register_figure("samples", order=130, needs=(AXIS, ANSWERS))
def along_axis(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw a few samples at every level with the models' answers."""
    samples = tables.samples
    shown = even_places(len(samples.images), SAMPLES_ALONG_AXIS)
    predicted = {model: answers[shown] for model, answers in samples.predicted.items()}
    yield ReportFigure(
        f"{tables.suite.name}-samples",
        "Sample images and what each model makes of them",
        f"Test images along the {tables.suite.axis}, as the networks see them, and under each the "
        f"{tables.suite.task.answer} that each model predicts. {BOXES} An image whose label the transform "
        f"makes ambiguous is still compared with its own label.{_classes(tables)}",
        partial(
            plots.plot_samples_along_axis,
            samples.images[shown],
            samples.levels,
            samples.labels[shown],
            predicted,
            tables.suite,
        ),
        _rows(samples, shown),
    )


@register_figure("samples", order=130, needs=(SET, ANSWERS))
def of_set(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw samples of a set, which has one level, side by side with the models' answers."""
    samples = tables.samples
    shown = even_places(len(samples.images), SAMPLES_OF_SET)
    predicted = {model: answers[shown, 0] for model, answers in samples.predicted.items()}
    yield ReportFigure(
        f"{tables.suite.name}-samples",
        "Sample images and what each model makes of them",
        f"Test images of the set, as the networks see them, and under each its label and the "
        f"{tables.suite.task.answer} that each model predicts. {BOXES}{_classes(tables)}",
        partial(plots.plot_samples, samples.images[shown, 0], samples.labels[shown], predicted),
        _rows(samples, shown),
    )


def _classes(tables: SuiteTables) -> str:
    """Say which number is which class, unless the names are the numbers."""
    numbered = list(enumerate(tables.classes))
    if all(name == str(number) for number, name in numbered):
        return ""
    return f" Classes: {', '.join(f'{number} {name}' for number, name in numbered)}."


def _rows(samples: StoredSamples, shown: list[int]) -> pd.DataFrame:
    """Return one row per model, sample and level, with a column for each label and each predicted class."""
    count = len(samples.levels)
    labels = samples.labels[shown].reshape(len(shown), -1)
    names = ("", "_2")[: labels.shape[1]]
    parts = []
    for model, answers in samples.predicted.items():
        classes = answers[shown].reshape(len(shown) * count, -1)
        columns = {"model": model, "sample": np.repeat(samples.sample[shown], count)}
        columns |= {f"label{name}": np.repeat(labels[:, place], count) for place, name in enumerate(names)}
        columns |= {"level": np.tile(samples.levels, len(shown))}
        columns |= {f"predicted{name}": classes[:, place] for place, name in enumerate(names)}
        columns |= {"confidence": samples.confidence[model][shown].ravel()}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
