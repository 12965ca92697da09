"""One image along the axis with every model's class probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import ANSWERS, AXIS, register_figure
from runbench.store.introspection import Array
from runbench.store.samples import StoredSamples

EXAMPLE = 3
"""The class of the sample, where there is one: a digit that looks like no other when it is turned."""

MOST_CLASSES = 12


@register_figure("probabilities", order=140, needs=(AXIS, ANSWERS))
def probabilities(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw one sample at every level with each model's class probabilities below it."""
    samples = tables.samples
    sample = _example(samples.labels)
    groups = introspection.stored(samples.introspections, lambda model: model.probabilities)
    stored = {name: group.probabilities[sample] for name, group in groups.items()}
    widths = {shares.shape[1] for shares in stored.values()}
    if len(samples.levels) < 2 or len(widths) != 1:
        return
    count = widths.pop()
    labels = np.atleast_1d(samples.labels[sample])
    shown = _shown_classes(labels, list(stored.values()), count)
    names = tables.classes if len(tables.classes) == count else tuple(str(number) for number in range(count))
    some = f" Of {count} classes those are shown that gain most." if len(shown) < count else ""
    unknown = any(np.isnan(shares).any() for shares in stored.values())
    grey = " Levels without finite scores are left pale brown." if unknown else ""
    yield ReportFigure(
        f"{tables.suite.name}-probabilities",
        f"One image against {tables.suite.axis}, and every model's class probabilities",
        f"A test image at each level of {tables.suite.axis} and under it, for each model, the probability of "
        f"every class, the darker the higher; the image's own {'classes' if len(labels) > 1 else 'class'} "
        f"({', '.join(names[label] for label in labels)}) in a frame. A model that does not mind the change stays "
        f"dark in the frame alone.{some}{grey}",
        partial(
            plots.plot_probabilities,
            samples.images[sample],
            samples.levels,
            np.searchsorted(shown, labels),
            {model: shares[:, shown] for model, shares in stored.items()},
            tables.suite,
            [names[number] for number in shown],
        ),
        introspection.rows_of_models(stored, partial(_rows, samples, sample)),
    )


def _example(labels: Array) -> int:
    """Return the first sample with the example's class, else the first."""
    return int((labels.reshape(len(labels), -1) == EXAMPLE).any(axis=1).argmax())


def _shown_classes(labels: Array, shares: list[Array], count: int) -> Array:
    """Return the classes to show, in order: the image's own and those that any model finds likeliest anywhere."""
    highest = np.nanmax(np.nan_to_num(np.concatenate(shares)), axis=0)
    highest[labels] = np.inf
    return np.sort(np.argsort(-highest, kind="stable")[: min(count, MOST_CLASSES)])


def _rows(samples: StoredSamples, sample: int, shares: Array) -> introspection.Columns:
    """Return a row per level and class."""
    levels, classes = shares.shape
    return {
        "sample": samples.sample[sample],
        "level": np.repeat(samples.levels, classes),
        "class": np.tile(np.arange(classes), levels),
        "probability": shares.ravel(),
    }
