"""The entries of theta through training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions, introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Learning


@register_figure("theta", section="transformers", order=130, needs=(SAMPLES,))
def theta(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the matrices that transformers choose, entry by entry."""
    models = introspection.learning(tables.samples)
    earlier = introspection.elsewhere(introspection.same_arrays(models), tables.earlier)
    here = {name: group for name, group in models.items() if name not in earlier}
    if not here:
        return
    table = theta_rows(here)
    yield ReportFigure(
        f"{tables.suite.name}-theta",
        "Theta through training",
        "The entries of theta against the epoch, each where it stands in the matrix from output to input "
        "coordinates (x right, y down, the edges at -1 and 1): the last column shifts, the first two turn, scale "
        "and slant. Thin lines are single images, a bold line their mean; lines that lie on each other are a "
        "transformer that does the same to every image. Dashed: the matrix that changes nothing. "
        f"{captions.styles(tables.only(here))}",
        partial(plots.plot_theta, table, tables.styles),
        table,
    )


def theta_rows(models: Mapping[str, Learning]) -> pd.DataFrame:
    """Return a row per model, epoch, image and entry, row and column from 1; the third only if it is not 0 0 1."""
    table = introspection.rows_of_models(models, _entries)
    last = table[table["row"] == 3]
    affine = np.allclose(last["value"], (last["column"] == 3).astype(float), equal_nan=True)
    return table[table["row"] < 3].reset_index(drop=True) if affine else table


def _entries(group: Learning) -> introspection.Columns:
    epoch, image, row, column = (place.ravel() for place in np.indices(group.theta_by_epoch.shape))
    return {
        "epoch": group.theta_epochs[epoch],
        "image": image,
        "row": row + 1,
        "column": column + 1,
        "value": group.theta_by_epoch.ravel(),
    }
