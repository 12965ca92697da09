"""What the figures of features by layer share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from runbench import plots
from runbench.formatting import listed
from runbench.plots import Profile
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions

MOST_MODELS = 12
"""Models that are drawn layer by layer; the tables hold them all."""

LEAST_FLOOR = 1e-4
"""Below this nothing was resampled, and there is no ratio to it."""

TINY, SELDOM = 1e-9, 0.1
"""Where 0 and what is nearly 0 stand on logarithmic axes: of errors and of ratios, for which 1 is no effect."""

ORDER = "Layers stand in the order in which an image passes them."


Told = tuple[Profile, str]
"""A profile and what the caption says of it."""


def profiles(
    tables: SuiteTables, name: str, title: str, told: Sequence[Told], more: pd.DataFrame | None = None
) -> Iterator[ReportFigure]:
    """Show those of the profiles that have rows; `more` stands only in the table."""
    kept = [(profile, meaning) for profile, meaning in told if len(profile.rows)]
    if not kept:
        return
    rows = pd.concat([profile.rows.assign(metric=profile.title) for profile, _ in kept], ignore_index=True)
    drawn, left_out = first_models(rows)
    spread = f" {captions.spread(rows)}" if rows["low"].notna().any() else ""
    yield ReportFigure(
        f"{tables.suite.name}-{name}",
        title,
        f"{' '.join(meaning for _, meaning in kept)} {ORDER} {images(rows)}{spread}{left_out}",
        partial(
            plots.plot_profiles,
            [profile for profile, _ in kept],
            _layers(tables.features, drawn),
            tables.styles,
        ),
        rows if more is None or more.empty else pd.concat([rows, more], ignore_index=True),
    )


def error_over_floor(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `ratio`, value over floor; null where the floor is below LEAST_FLOOR."""
    floor = errors["floor"].where(errors["floor"] >= LEAST_FLOOR)
    return errors.assign(ratio=errors["value"] / floor)


def first_models(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows of the models that are drawn, and say which are not."""
    left_out = list(dict.fromkeys(rows["model"]))[MOST_MODELS:]
    said = f" Only in the table: {listed(left_out)}." if left_out else ""
    return rows[~rows["model"].isin(left_out)], said


def images(rows: pd.DataFrame) -> str:
    """Say on how many images and seeds rows stand."""
    seeds = int(rows["seeds"].max())
    means = f", means over {seeds} seeds" if seeds > 1 else ""
    return f"{int(rows['count'].max()):,} images{means}."


def _layers(features: pd.DataFrame, rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return the layers of each model that `rows` name, in the order in which they are stored."""
    named = set(zip(rows["model"], rows["layer"], strict=True))
    stored = features.dropna(subset=["layer"]).drop_duplicates(["model", "layer"])
    pairs = [pair for pair in zip(stored["model"], stored["layer"], strict=True) if pair in named]
    return {model: [layer for owner, layer in pairs if owner == model] for model in dict.fromkeys(rows["model"])}
