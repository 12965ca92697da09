"""What the terminal shows of a run, as plain text. Imports neither torch nor pandas."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from runbench.suites import SUITES, Suite

if TYPE_CHECKING:
    import pandas as pd

SUMMARY_TITLES = {
    "identity_accuracy": "untransformed",
    "mean_accuracy": "over the sweep",
    "mean_digit_recall": "per digit",
    "mean_intact_auroc": "AUROC",
    "worst_orbit_accuracy": "worst orbit",
    "mean_consistency": "consistency",
    "throughput": "images/s",
    "parameters": "parameters",
}
"""The summary's columns that a terminal has room for, by their heading there."""

WITH_INTERVAL = ("identity_accuracy", "mean_accuracy")
"""Columns whose interval there is room for; the report has the others'."""

ON_A_SET = {"mean_accuracy": "on the set"}
"""Headings of suites without an axis, which have no sweep."""


def render_summary(summary: pd.DataFrame, suites: Mapping[str, Suite] = SUITES) -> str:
    """Return a table per suite, a row per model; shares in percent, with their 95% interval.

    A column without a number for any model of the suite is left out.
    """
    blocks = []
    for name, rows in summary.groupby("suite", sort=False):
        suite = suites.get(str(name))
        titles = SUMMARY_TITLES if suite is None or suite.axis else SUMMARY_TITLES | ON_A_SET
        table = rows[["model"]].assign(**{"trained on": rows["regime"]})
        for column, title in titles.items():
            if column in rows and rows[column].notna().any():
                table[title] = [_cell(row, column) for row in rows.to_dict("records")]
        success = "accuracy" if suite is None else suite.task.success
        count = int(rows["count"].max())
        text = table.to_string(index=False, justify="right")
        heading = f"{name}: {success} on {count} test images, in percent with 95% intervals over images"
        blocks.append(f"{heading}\n\n{text}")
    return "\n\n".join(blocks)


def _cell(row: Mapping[Hashable, Any], column: str) -> str:
    value, bound = float(row[column]), f"{column}_low"
    if math.isnan(value):
        return "-"
    if bound not in row:
        return f"{value:,.0f}"
    if column not in WITH_INTERVAL or math.isnan(row[bound]):
        return f"{100 * value:.1f}"
    return f"{100 * value:.1f} [{100 * row[bound]:.1f}, {100 * row[f'{column}_high']:.1f}]"
