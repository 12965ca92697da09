"""What captions say of colours, intervals and counts."""

from __future__ import annotations

import pandas as pd

from runbench.plots import level_text
from runbench.report.figure import SuiteTables


def styles(tables: SuiteTables, mark: str = "line style") -> str:
    """Say what colour and `mark` stand for among a suite's models."""
    models = tables.models
    if len(models) == 1:
        return ""
    regimes = list(dict.fromkeys(models["regime"]))
    colours = len({style.colour for style in tables.styles.values()})
    by = "architecture" if colours == models["architecture"].nunique() else "model"
    regime = f", {mark} the regime ({', '.join(regimes)})" if len(regimes) > 1 else ""
    return f"Colour is the {by}{regime}."


def bands(curves: pd.DataFrame, interval: str = "Wilson") -> str:
    """Say how many images a curve stands on and what its band is; curves: seeds, count."""
    images = f"{int(curves['count'].max()):,} images at each level"
    if curves["seeds"].max() > 1:
        return f"{images}. Lines: mean over seeds; bands: from the lowest to the highest seed."
    return f"{images}; bands: 95% intervals ({interval})."


def attained(curves: pd.DataFrame) -> str:
    """Say how far images miss the level that was asked for; curves: level, value, what they attain on average."""
    if curves.empty:
        return ""
    furthest = curves.iloc[int((curves["value"] - curves["level"]).abs().argmax())]
    asked, met = level_text(furthest["level"]), level_text(furthest["value"])
    if asked == met:
        return ""
    return f"Images cannot meet every level: at {asked} they attain {met} on average, the furthest from it."


def spread(scores: pd.DataFrame) -> str:
    """Say what the bars of `curves_over_seeds` are, whatever they are drawn against; scores: seeds."""
    if scores["seeds"].max() > 1:
        return "Markers: mean over seeds; bars: from the lowest to the highest seed."
    return "Bars: 95% intervals over the choice of images."


def bars(scores: pd.DataFrame) -> str:
    """Say how many images and seeds a value stands on and what its bar is; scores: seeds, count, low."""
    images = f"{int(scores['count'].max()):,} images"
    seeds = int(scores["seeds"].max())
    means = f", means over {seeds} seeds" if seeds > 1 else ""
    bounded = scores.filter(regex="low$").notna().any(axis=None)
    return f"{images}{means}{'; bars: 95% intervals over the choice of images' if bounded else ''}."
