"""What the terminal shows of a run, as plain text. Imports neither torch nor pandas."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from runbench.metrics.metric import Column, Metric
from runbench.metrics.registry import METRICS, summary_columns
from runbench.report.terms import column_words
from runbench.suites import SUITES, Suite

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = {"success": "accuracy", "mean": "mean accuracy", "over": "over the sweep", "unit": ""}
"""The words of a suite that this version does not know."""


def render_summary(summary: pd.DataFrame, suites: Mapping[str, Suite] = SUITES) -> str:
    """Return a table per suite, a row per model; shares in percent, with their 95% interval.

    A column without a number for any model of the suite is left out.
    """
    blocks = []
    for name, rows in summary.groupby("suite", sort=False):
        suite = suites.get(str(name))
        words = UNKNOWN if suite is None else column_words(suite)
        table = rows[["model"]].assign(**{"trained on": rows["regime"]})
        for label, (metric, column) in _shown().items():
            if label in rows and rows[label].notna().any():
                table[column.terminal.format(**words)] = [
                    _cell(row, label, metric, column) for row in rows.to_dict("records")
                ]
        count = int(rows["count"].max())
        text = table.to_string(index=False, justify="right")
        heading = f"{name}: {words['success']} on {count} test images, in percent with 95% intervals over images"
        blocks.append(f"{heading}\n\n{text}")
    return "\n\n".join(blocks)


def _shown() -> dict[str, tuple[Metric, Column]]:
    """Return the summary's columns that a terminal has room for, by their name: metrics, then costs."""
    costs = {
        metric.name: (metric, column)
        for metric in METRICS.values()
        for column in metric.columns
        if metric.of == "cost"
    }
    by_order = sorted((summary_columns() | costs).items(), key=lambda item: item[1][1].order)
    return {label: shown for label, shown in by_order if shown[1].terminal}


def _cell(row: Mapping[Hashable, Any], label: str, metric: Metric, column: Column) -> str:
    value, low, high = (float(row.get(f"{label}{part}", math.nan)) for part in ("", "_low", "_high"))
    if math.isnan(value):
        return "-"
    if metric.of == "cost":
        return f"{value:,.0f}"
    if not column.interval or math.isnan(low):
        return f"{100 * value:.1f}"
    return f"{100 * value:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
