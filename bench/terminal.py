"""What the terminal shows of a run, as plain text. Imports neither torch nor pandas."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SUMMARY_TITLES = {
    "identity_accuracy": "upright",
    "mean_accuracy": "over the sweep",
    "worst_orbit_accuracy": "worst of orbit",
    "mean_consistency": "consistency",
    "throughput": "images/s",
    "parameters": "parameters",
}
"""The summary's columns that a terminal has room for, by their heading there."""


def render_summary(summary: pd.DataFrame) -> str:
    """Return a table per suite, a row per model; shares in percent, with their 95% interval."""
    blocks = []
    for suite, rows in summary.groupby("suite", sort=False):
        table = rows[["model"]].assign(**{"trained on": rows["regime"]})
        for column, title in SUMMARY_TITLES.items():
            table[title] = [_cell(row, column) for row in rows.to_dict("records")]
        text = table.to_string(index=False, justify="right")
        count = int(rows["count"].max())
        blocks.append(f"{suite}: {count} test images; shares in percent, with 95% intervals over images\n\n{text}")
    return "\n\n".join(blocks)


def _cell(row: Mapping[Hashable, Any], column: str) -> str:
    value, bound = float(row[column]), f"{column}_low"
    if math.isnan(value):
        return "-"
    if bound not in row:
        return f"{value:,.0f}"
    if math.isnan(row[bound]):
        return f"{100 * value:.1f}"
    return f"{100 * value:.1f} [{100 * row[bound]:.1f}, {100 * row[f'{column}_high']:.1f}]"


def render_duration(seconds: float) -> str:
    """Return a duration as people say it: 45 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
