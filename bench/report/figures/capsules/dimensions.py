"""What each dimension of a capsule draws."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Dimensions

MOST_DIGITS = 2


@register_figure("dimensions", section="capsules", order=110, needs=(SAMPLES,))
def dimensions(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw what a capsule draws when one of its dimensions is moved, once in a run for each model."""
    models = introspection.dimensions(tables.samples)
    earlier = introspection.elsewhere(introspection.same_model(models), tables.earlier)
    yield from introspection.shown_elsewhere("Drawn once in a run: the dimensions of the capsules", earlier)
    for name, group in models.items():
        if name not in earlier:
            yield _of_model(tables.suite.name, name, group)


def _of_model(suite: str, model: str, group: Dimensions) -> ReportFigure:
    shown = introspection.even_places(len(group.dimensions), MOST_DIGITS)
    low, high = (plots.level_text(round(float(end), 6)) for end in group.dimension_steps[[0, -1]])
    return ReportFigure(
        f"{suite}-dimensions-{model}",
        f"What each dimension of a capsule of {model} draws",
        f"A digit's capsule in {model}, one dimension at a time moved by {low} to {high}, and what the decoder "
        "draws from it: a row per dimension. In the middle nothing is moved.",
        partial(
            plots.plot_dimensions, group.dimensions[shown], group.dimension_labels[shown], group.dimension_steps
        ),
        introspection.rows_of_models({model: group}, _rows),
    )


def _rows(group: Dimensions) -> introspection.Columns:
    """Return a row per digit, dimension and step: how much the drawing differs from that of the least step.

    `change` is the mean absolute difference of grey values, 0 to 255.
    """
    drawings = group.dimensions.astype(np.float64)
    still = int(np.abs(group.dimension_steps).argmin())
    change = np.abs(drawings - drawings[:, :, still, None]).mean(axis=(3, 4, 5))
    digit, dimension, step = (place.ravel() for place in np.indices(change.shape))
    return {
        "digit": digit,
        "label": group.dimension_labels[digit],
        "dimension": dimension + 1,
        "step": group.dimension_steps[step],
        "change": change.ravel(),
    }
