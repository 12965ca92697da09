"""A suite's summary, a row per model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from runbench.metrics.registry import summary_columns
from runbench.report.tables.table import Entry, Table, index_entry, share_entry
from runbench.report.terms import column_words
from runbench.statistics import Estimate, estimate
from runbench.suites import Suite


def summary_table(summary: pd.DataFrame, suite: Suite) -> Table:
    """Write one suite's summary, a row per model, shares in percent; columns without a number are left out."""
    shown = {
        name: (metric, column.heading.format(**column_words(suite)))
        for name, (metric, column) in summary_columns().items()
        if column.heading and name in summary and summary[name].notna().any()
    }
    rows = []
    for row in summary.to_dict(orient="records"):
        cells = [_ENTRIES[metric.unit](estimate(row, name)) for name, (metric, _) in shown.items()]
        rows.append((Entry(str(row["model"]), f"{row['architecture']}, {row['regime']}"), *cells))
    return Table(("model", *(heading for _, heading in shown.values())), tuple(rows))


_ENTRIES: Mapping[str, Callable[[Estimate], Entry]] = {
    "share": share_entry,
    "index": index_entry,
    "axis": index_entry,
    "per unit": index_entry,
}
"""How the summary writes a metric, by its unit."""
