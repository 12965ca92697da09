"""Whether layers move with the image, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from runbench.plots import Profile
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.layers.profiles import (
    SELDOM,
    TINY,
    Told,
    error_over_floor,
    profiles,
)
from runbench.report.figures.registry import register_figure

EXACT = 1e-5
"""What counts as 0 up to rounding."""


@register_figure("equivariance-by-layer", section="layers", order=140)
def equivariance_by_layer(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw whether layers move with the image where resampling does not blur the answer."""
    told = [
        (
            Profile(
                "error, exact subset", _greatest(tables.measured("exact_equivariance_error")), "log", EXACT, TINY
            ),
            "Exact subset: the greatest equivariance error at levels that move every pixel and every unit of a "
            "layer onto another, so that nothing is resampled. Left of the dashed line, at 1e-5, it is 0 to "
            "rounding; a layer clearly right of it is not equivariant.",
        ),
        (
            Profile("relative LEE", tables.measured("relative_lie_derivative"), "log", None, TINY),
            "Relative LEE: how fast features change at the identity beyond moving with the image, and scores "
            f"altogether, as a mean square per squared unit of the change ({tables.suite.unit}) over their own "
            "mean square.",
        ),
    ]
    over = [] if tables.suite.axis else [_over_floor(tables)]
    yield from profiles(tables, "equivariance-by-layer", "Equivariance, layer by layer", [*over, *told])


def _over_floor(tables: SuiteTables) -> Told:
    errors = error_over_floor(tables.measured("equivariance_error")).dropna(subset=["ratio"])
    times = errors["ratio"] / errors["value"]
    rows = errors.assign(value=errors["ratio"], low=errors["low"] * times, high=errors["high"] * times)
    return (
        Profile("error over its floor", rows, "log", 1.0, SELDOM),
        "Error over its floor: distance of the features of the moved image from the moved features of the image, "
        "over what moving features there and back costs by resampling alone (1, dashed: nothing beyond that).",
    )


def _greatest(errors: pd.DataFrame) -> pd.DataFrame:
    """Return of each model and layer the row of the level with the greatest value, in the order of the layers."""
    worst = errors.sort_values("value", ascending=False, kind="stable").drop_duplicates(["model", "layer"])
    return worst.sort_index().reset_index(drop=True)
