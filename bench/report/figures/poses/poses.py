"""Whether layers have lost the pose or kept it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from runbench import plots
from runbench.formatting import MINUS
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.layers.profiles import images
from runbench.report.figures.poses.rows import together
from runbench.report.figures.registry import register_figure


@register_figure("poses", section="layers", order=150)
def poses(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw whether layers without a map have lost the pose or kept it, against how much they vary."""
    decoded = tables.measured("pose_decodability")
    points = _against(tables.measured("normalised_variance"), decoded)
    if points.empty:
        return
    maps = _learned_maps(tables.measured("learned_map"))
    beside = (
        "Right: how much of the variance of the features of changed images a linear map of those of the "
        "unchanged ones explains, against what these explain as they are; means over levels, bars from the lowest "
        f"to the highest, shares below {MINUS}2 at the edge. High above the diagonal the change acts linearly "
        "on the features; at its upper end it does not act at all."
    ) * bool(len(maps))
    several = "Filled: a model's last layer; hollow: an earlier one." * bool(points.duplicated("model").any())
    yield ReportFigure(
        f"{tables.suite.name}-poses",
        "Is the pose thrown away or kept?",
        f"{'Left: how' if len(maps) else 'How'} well a linear map of a layer's features reads the change's "
        "parameters off images that did not fit it (share of variance), against how much the layer varies along "
        "the orbit; layers without a map. Further left is more invariant, further up keeps more of the pose. A "
        "constant model stands at the lower left: perfectly invariant, and worth nothing. "
        f"{several} {beside} {captions.styles(tables, 'marker')} {images(decoded)} {captions.spread(decoded)}",
        partial(plots.plot_pose_against_variance, points, maps, tables.styles),
        _decoded_rows(tables, decoded),
    )


def _against(varied: pd.DataFrame, decoded: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model and layer that both have: x, x_low, x_high, y, y_low, y_high."""
    axes = [
        rows[["model", "layer", "value", "low", "high"]].rename(
            columns={"value": name, "low": f"{name}_low", "high": f"{name}_high"}
        )
        for name, rows in (("x", varied), ("y", decoded))
    ]
    return axes[1].merge(axes[0], on=["model", "layer"])


def _learned_maps(maps: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model and layer: x without a map and y with one, mean over levels, bounds over levels."""
    return (
        maps.groupby(["model", "layer"], sort=False)
        .agg(
            x=("floor", "mean"),
            x_low=("floor", "min"),
            x_high=("floor", "max"),
            y=("value", "mean"),
            y_low=("value", "min"),
            y_high=("value", "max"),
        )
        .reset_index()
    )


def _decoded_rows(tables: SuiteTables, decoded: pd.DataFrame) -> pd.DataFrame:
    """Return everything that is drawn, and pose decodability at equal width."""
    parts = {
        "pose decodability": decoded,
        "pose decodability at equal width": tables.measured("pose_decodability_equal_width"),
        "normalised variance": tables.measured("normalised_variance").merge(decoded[["model", "layer"]]),
        "learned-map equivariance": tables.measured("learned_map"),
    }
    return together(*(part.assign(metric=name) for name, part in parts.items()))
