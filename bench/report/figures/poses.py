"""A section's pictures of what becomes of the pose: read off features, undone by models, held by capsules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from runbench import plots
from runbench.formatting import MINUS, listed, percent
from runbench.report import captions
from runbench.report.exhibit import Exhibit, SuiteTables
from runbench.report.figures.profiles import images

CANONICAL = {
    "canonicalisation_error": "Error of the matrix: distance of the transformation that it chooses for the "
    "changed image, with the change taken out, from the one for the unchanged image.",
    "canonicalisation_image_error": "Error of the image: distance of what it sees of the changed image from what "
    "it sees of the unchanged one, over the norm of the latter.",
}
"""What a caption says of each measure of canonicalisation."""

MOST_BARS, MOST_NAMED = 6, 6
"""Models whose dimensions are drawn, and that a caption gives numbers of."""


def decodability(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw whether layers without a map have lost the pose or kept it, against how much they vary."""
    decoded = tables.measured("pose_decodability")
    points = _against(tables.measured("normalised_variance"), decoded)
    if points.empty:
        return
    maps = _learned_maps(tables.measured("learned_map"))
    beside = (
        " Right: how much of the variance of the features of changed images a linear map of those of the "
        "unchanged ones explains, against what these explain as they are; means over levels, bars from the lowest "
        f"to the highest, shares below {MINUS}2 at the edge. High above the diagonal the change acts linearly "
        "on the features; at its upper end it does not act at all."
    ) * bool(len(maps))
    several = " Filled: a model's last layer; hollow: an earlier one." * bool(points.duplicated("model").any())
    yield Exhibit(
        f"{tables.suite.name}-poses",
        "Is the pose thrown away or kept?",
        f"{'Left: how' if len(maps) else 'How'} well a linear map of a layer's features reads the change's "
        "parameters off images that did not fit it (share of variance), against how much the layer varies along "
        "the orbit; layers without a map. Further left is more invariant, further up keeps more of the pose. A "
        "constant model stands at the lower left: perfectly invariant, and worth nothing."
        f"{several}{beside} {captions.looks(tables.models, tables.looks, 'marker')} {images(decoded)} "
        f"{captions.spread(decoded)}",
        partial(plots.plot_pose_against_variance, points, maps, tables.looks),
        _decoded_rows(tables, decoded),
    )


def linearity(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw which dimensions of a capsule follow the pose."""
    ranked = ranked_dimensions(tables.responses)
    models = [model for model in tables.looks if model in set(ranked["model"])]
    if not models:
        return
    shown = pd.concat([ranked[ranked["model"] == model] for model in models[:MOST_BARS]])
    left_out = f" Only in the table: {listed(models[MOST_BARS:])}." if models[MOST_BARS:] else ""
    yield Exhibit(
        f"{tables.suite.name}-pose-dimensions",
        "Which dimensions of a capsule follow the pose",
        "How well a linear function of the change's parameters describes each dimension of the true class's "
        "capsule along the sweep, as the share of its variance: a bar per dimension, the most linear first (the "
        "table says which one it is). Dashed: what noise would reach. Bars that stand clear of it are dimensions "
        f"that move steadily with the change.{_seeds(ranked)} {images(ranked)}{left_out}",
        partial(plots.plot_linearity, shown, tables.looks),
        ranked,
    )


def ranked_dimensions(responses: pd.DataFrame) -> pd.DataFrame:
    """Return a row per model and rank of its capsule's dimensions, 1 the most linear: value, low, high, floor.

    Dimensions of two networks have nothing to do with each other, so over several seeds it is the most linear ones
    that are averaged, then the next; low and high are the lowest and highest seed, null for one. `dimension`,
    counted from 1, is the first seed's.
    """
    rows = responses[responses["metric"] == "pose_linearity"].sort_values(
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


def canonicalisation(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how far a model that chooses its view is from taking the change out again."""
    numbers = _titled(
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
    yield Exhibit(
        f"{tables.suite.name}-canonicalisation",
        f"Canonicalisation error against {tables.suite.axis}",
        f"What a model that chooses its view makes of the changed image; 0 is a perfect canonicaliser. {meaning} "
        f"{_followed(followed)}{_looks(tables, numbers)}{captions.bands(numbers, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, numbers, tables.suite, tables.looks),
        pd.concat(
            [
                part
                for part in (numbers, followed.assign(metric="recovered_correlation", title="correlation"))
                if len(part)
            ]
        ),
    )


def reconstruction(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how well models that reconstruct draw what they see."""
    errors = _titled(tables, {"reconstruction_error": "mean squared error of the drawing"})
    if errors["level"].nunique() < 2:
        return
    ignored = tables.measured("reconstruction_ignored")
    each = " of each digit with its own drawing" * (tables.suite.task.sought > 1)
    yield Exhibit(
        f"{tables.suite.name}-reconstruction-error",
        f"Reconstruction error against {tables.suite.axis}",
        f"Mean squared error{each}, grey values from 0 to 1, of what a model draws of the true class's capsule. A "
        "black drawing has the mean square of the image as its error, so errors of suites with more ink are "
        f"larger. {_ignored(ignored)}{_looks(tables, errors)}{captions.bands(errors, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, errors, tables.suite, tables.looks),
        pd.concat(
            [
                part
                for part in (errors, ignored.assign(metric="reconstruction_ignored", title="ignored pixels"))
                if len(part)
            ]
        ),
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
    return pd.concat([part.assign(metric=name) for name, part in parts.items() if len(part)])


def _titled(tables: SuiteTables, titles: dict[str, str]) -> pd.DataFrame:
    """Return several measures' rows with the title of each."""
    parts = [tables.measured(measure).assign(metric=measure, title=title) for measure, title in titles.items()]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _followed(followed: pd.DataFrame) -> str:
    """Say how closely the recovered change follows the applied one."""
    if followed.empty:
        return ""
    written = [
        f"{_number(row['value'])} {_range(row)} for {row['model']}"
        for row in followed.head(MOST_NAMED).to_dict(orient="records")
    ]
    more = len(followed) > MOST_NAMED
    return (
        f"Correlation of the recovered with the applied change, circular for angles, of the logarithms for "
        f"factors: {listed(written)}{' (the others in the table)' * more}. "
    )


def _range(row: Mapping[Any, Any]) -> str:
    """Write bounds: an interval, or between which seeds a mean lies."""
    low, high = _number(row["low"]), _number(row["high"])
    return f"({low} to {high} over {row['seeds']:g} seeds)" if row["seeds"] > 1 else f"[{low}, {high}]"


def _ignored(ignored: pd.DataFrame) -> str:
    """Say which share of the pixels drawings ignore."""
    if ignored.empty:
        return ""
    written = [
        f"{' and '.join(percent(share) for share in part['value'])} for {model}"
        for model, part in list(ignored.groupby("model", sort=False))[:MOST_NAMED]
    ]
    levels = listed([plots.level_text(level) for level in ignored["level"].unique()])
    more = ignored["model"].nunique() > MOST_NAMED
    return (
        f"Input pixels with next to no influence on the drawing, at a level of {levels}: "
        f"{listed(written)}{' (the others in the table)' * more}. "
    )


def _looks(tables: SuiteTables, rows: pd.DataFrame) -> str:
    named = set(rows["model"])
    shown = {name: look for name, look in tables.looks.items() if name in named}
    said = captions.looks(tables.models[tables.models["model"].isin(named)], shown)
    return f"{said} " if said else ""


def _seeds(ranked: pd.DataFrame) -> str:
    """Say what is averaged over seeds, whose dimensions are not each other's."""
    if ranked["seeds"].max() == 1:
        return ""
    return " Means over seeds of the most linear dimension, of the next, and so on; lines: lowest to highest seed."


def _number(value: float) -> str:
    return "not known" if np.isnan(value) else f"{value:.2f}".replace("-", MINUS)
