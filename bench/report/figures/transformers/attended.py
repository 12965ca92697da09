"""The input and the output of spatial transformers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.formatting import listed
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Attended
from runbench.store.samples import StoredSamples

SAMPLES_ALONG_AXIS, SAMPLES_OF_SET = 2, 10


@register_figure("attended", section="transformers", order=100, needs=(SAMPLES,))
def attended(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw what transformers pass on of the sample images."""
    samples = tables.samples
    passed = introspection.stored(introspection.transformers(samples), lambda model: model.attended)
    if not passed:
        return
    suite = tables.suite
    shown = introspection.even_places(len(samples.images), SAMPLES_ALONG_AXIS if suite.axis else SAMPLES_OF_SET)
    images, labels = samples.images[shown], samples.labels[shown]
    outputs = {name: group.attended[shown] for name, group in passed.items()}
    if suite.axis:
        draw = partial(plots.plot_attended_along_axis, images, samples.levels, labels, outputs, suite)
    else:
        first = {name: output[:, 0] for name, output in outputs.items()}
        draw = partial(plots.plot_attended, images[:, 0], labels, first)
    where = f"along the {suite.axis}" if suite.axis else "of the set"
    yield ReportFigure(
        f"{suite.name}-attended",
        "Input and output of the transformer",
        f"Test images {where} and, below each, what the spatial transformer of "
        f"{listed(list(passed))} passes on to the rest of the network. A transformer that undoes the change "
        "passes on the same image everywhere.",
        draw,
        introspection.rows_of_models(passed, partial(_rows, samples, shown)),
    )


def _rows(samples: StoredSamples, shown: list[int], group: Attended) -> introspection.Columns:
    """Return a row per sample and level: how far the output is from that at the level before.

    `change` is the mean absolute difference of grey values, 0 to 255; null at the first level.
    """
    output = group.attended[shown].astype(np.float64)
    steps = np.abs(np.diff(output, axis=1)).mean(axis=(2, 3, 4))
    return {
        "sample": np.repeat(samples.sample[shown], len(samples.levels)),
        "level": np.tile(samples.levels, len(shown)),
        "change": np.insert(steps, 0, np.nan, axis=1).ravel(),
    }
