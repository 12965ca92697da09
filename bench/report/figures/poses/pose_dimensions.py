"""Which dimensions of a capsule follow the pose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.formatting import listed
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.layers.profiles import images
from runbench.report.figures.registry import register_figure

MOST_BARS = 6
"""Models whose dimensions are drawn."""


@register_figure("pose-dimensions", section="layers", order=160)
def pose_dimensions(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw which dimensions of a capsule follow the pose."""
    ranked = ranked_dimensions(tables.features)
    models = [model for model in tables.styles if model in set(ranked["model"])]
    if not models:
        return
    shown = pd.concat([ranked[ranked["model"] == model] for model in models[:MOST_BARS]])
    left_out = f" Only in the table: {listed(models[MOST_BARS:])}." if models[MOST_BARS:] else ""
    yield ReportFigure(
        f"{tables.suite.name}-pose-dimensions",
        "Which dimensions of a capsule follow the pose",
        "How well a linear function of the change's parameters describes each dimension of the true class's "
        "capsule along the sweep, as the share of its variance: a bar per dimension, the most linear first (the "
        "table says which one it is). Dashed: what noise would reach. Bars that stand clear of it are dimensions "
        f"that move steadily with the change.{_seeds(ranked)} {images(ranked)}{left_out}",
        partial(plots.plot_linearity, shown, tables.styles),
        ranked,
    )


def ranked_dimensions(features: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model and rank of its capsule's dimensions, 1 the most linear: value, low, high, floor.

    Dimensions of two networks have nothing to do with each other, so over several seeds it is the most linear ones
    that are averaged, then the next; low and high are the lowest and highest seed, null for one. `dimension`,
    counted from 1, is the first seed's.
    """
    rows = features[features["metric"] == "pose_linearity"].sort_values(
        ["model", "seed", "value"], ascending=[True, True, False], kind="stable"
    )
    rows = rows.assign(rank=rows.groupby(["model", "seed"]).cumcount() + 1, dimension=rows["dimension"] + 1)
    ranked = (
        rows.groupby(["model", "rank"], sort=False)
        .agg(
            value=("value", "mean"),
            low=("value", "min"),
            high=("value", "max"),
            floor=("floor", "mean"),
            dimension=("dimension", "first"),
            seeds=("seed", "nunique"),
            count=("count", "first"),
        )
        .reset_index()
    )
    bounds = ranked[["low", "high"]].where(ranked["seeds"] > 1)
    return ranked.assign(low=bounds["low"], high=bounds["high"])


def _seeds(ranked: pd.DataFrame) -> str:
    """Say what is averaged over seeds, whose dimensions are not each other's."""
    if ranked["seeds"].max() == 1:
        return ""
    return " Means over seeds of the most linear dimension, of the next, and so on; lines: lowest to highest seed."
