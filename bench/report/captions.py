"""What captions say of colours, intervals and counts."""

from __future__ import annotations

import pandas as pd

from bench.plots import Looks


def looks(models: pd.DataFrame, shown: Looks, mark: str = "line style") -> str:
    """Say what colour and `mark` stand for; models: model, architecture, regime, a row each."""
    if len(models) == 1:
        return ""
    regimes = list(dict.fromkeys(models["regime"]))
    colours = len({look.colour for look in shown.values()})
    by = "architecture" if colours == models["architecture"].nunique() else "model"
    regime = f", {mark} the regime ({', '.join(regimes)})" if len(regimes) > 1 else ""
    return f"Colour is the {by}{regime}."


def bands(curves: pd.DataFrame, interval: str = "Wilson") -> str:
    """Say how many images a curve stands on and what its band is; curves: seeds, count."""
    images = f"{int(curves['count'].max()):,} images at each level"
    if curves["seeds"].max() > 1:
        return f"{images}. Lines: mean over seeds; bands: from the lowest to the highest seed."
    return f"{images}; bands: 95% intervals ({interval})."


def bars(scores: pd.DataFrame) -> str:
    """Say how many images and seeds a value stands on and what its bar is; scores: seeds, count, low."""
    images = f"{int(scores['count'].max()):,} images"
    seeds = int(scores["seeds"].max())
    means = f", means over {seeds} seeds" if seeds > 1 else ""
    bounded = scores.filter(regex="low$").notna().any(axis=None)
    return f"{images}{means}{'; bars: 95% intervals over the choice of images' if bounded else ''}."
