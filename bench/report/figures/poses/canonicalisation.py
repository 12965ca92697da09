"""How far a model that chooses its view undoes the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from runbench import plots
from runbench.formatting import MINUS
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.poses.rows import named, styles, titled, together
from runbench.report.figures.registry import register_figure

CANONICAL = {
    "canonicalisation_error": "Error of the matrix: distance of the transformation that it chooses for the "
    "changed image, with the change taken out, from the one for the unchanged image.",
    "canonicalisation_image_error": "Error of the image: distance of what it sees of the changed image from what "
    "it sees of the unchanged one, over the norm of the latter.",
}
"""What a caption says of each measure of canonicalisation."""


@register_figure("canonicalisation", section="layers", order=170)
def canonicalisation(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how far a model that chooses its view is from taking the change out again."""
    numbers = titled(
        tables,
        {
            "canonicalisation_error": "error of the matrix (Frobenius norm)",
            "canonicalisation_image_error": "error of the image (relative)",
        },
    )
    if numbers["level"].nunique() < 2:
        return
    followed = tables.measured("recovered_correlation")
    meaning = " ".join(CANONICAL[measure] for measure in dict.fromkeys(numbers["metric"]))
    yield ReportFigure(
        f"{tables.suite.name}-canonicalisation",
        f"Canonicalisation error against {tables.suite.axis}",
        f"What a model that chooses its view makes of the changed image; 0 is a perfect canonicaliser. {meaning} "
        f"{_followed(followed)} {styles(tables, numbers)} {captions.bands(numbers, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, numbers, tables.suite, tables.styles),
        together(numbers, followed.assign(metric="recovered_correlation", title="correlation")),
    )


def _followed(followed: pd.DataFrame) -> str:
    """Say how closely the recovered change follows the applied one."""
    if followed.empty:
        return ""
    rows = followed.to_dict(orient="records")
    told = named({row["model"]: f"{_number(row['value'])} {_range(row)}" for row in rows})
    return (
        "Correlation of the recovered with the applied change, circular for angles, of the logarithms for "
        f"factors: {told}."
    )


def _range(row: Mapping[Any, Any]) -> str:
    """Write bounds: an interval, or between which seeds a mean lies."""
    low, high = _number(row["low"]), _number(row["high"])
    return f"({low} to {high} over {row['seeds']:g} seeds)" if row["seeds"] > 1 else f"[{low}, {high}]"


def _number(value: float) -> str:
    return "not known" if np.isnan(value) else f"{value:z.2f}".replace("-", MINUS)
