"""The report's tables: what stands in each cell, already written out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import pandas as pd

from runbench.formatting import index_detail, plain, quantity, share_detail
from runbench.metrics.registry import METRICS, feature_metrics, prediction_metrics, summary_columns
from runbench.report.terms import column_words
from runbench.statistics import Estimate, estimate
from runbench.suites import Suite

DESCRIBED_ELSEWHERE = ("format", "identity", "name", "commands", "suites", "costs", "cells")
"""Keys of the manifest that the report shows in places of their own."""


NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to say."""


@final
@dataclass(frozen=True)
class Entry:
    """A table cell: its text and, smaller, what belongs beside it."""

    text: str
    detail: str = ""


@final
@dataclass(frozen=True)
class Table:
    """A table as text: the first column names the row. `reading` says that it holds words rather than numbers."""

    kind: ClassVar[str] = "table"
    heading: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    reading: bool = False


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


def share_entry(number: Estimate) -> Entry:
    """Write a share in percent with its interval, a dash where it is not known."""
    return Entry(f"{number.value * 100:.1f}", share_detail(number)) if number.known else Entry(NOTHING)


def index_entry(number: Estimate) -> Entry:
    """Write a number that is no share with its interval, a dash where it is not known."""
    return Entry(f"{number.value:.3f}", index_detail(number)) if number.known else Entry(NOTHING)


_ENTRIES: Mapping[str, Callable[[Estimate], Entry]] = {
    "share": share_entry,
    "index": index_entry,
    "axis": index_entry,
    "per unit": index_entry,
}
"""How the summary writes a metric, by its unit."""


def costs_table(costs: pd.DataFrame) -> Table:
    """Write one suite's costs, a row per model and machine; timed costs with their 5th and 95th percentile."""
    machine = [column for column in ("device", "precision", "threads") if costs[column].notna().any()]
    names = list(dict.fromkeys(costs["metric"]))
    rows = []
    for key, group in costs.groupby(["model", *machine], sort=False, observed=True, dropna=False):
        first_of = group.drop_duplicates("metric").set_index("metric").to_dict(orient="index")
        conditions = ", ".join(
            f"{column} {value}" if column == "threads" else str(value)
            for column, value in zip(machine, key[1:], strict=True)
        )
        cells = [_cost(first_of[name]) if name in first_of else Entry(NOTHING) for name in names]
        rows.append((Entry(str(key[0]), conditions), *cells))
    return Table(("model", *(_cost_heading(costs, name) for name in names)), tuple(rows))


def cost_title(costs: pd.DataFrame, name: str) -> str:
    """Name a cost with its unit, as an axis does."""
    unit = costs.loc[costs["metric"] == name, "unit"].dropna()
    counted = unit.empty or unit.iloc[0] in ("", "count")
    title = METRICS[name].title if name in METRICS else _words(name)
    return title if counted else f"{title} ({unit.iloc[0]})"


def failed_table(cells: Mapping[str, Mapping[str, Any]]) -> Table:
    """List the cells that are not done, with the reason."""
    rows = [
        (
            Entry(name),
            Entry(plain(cell.get("state", "unknown"))),
            Entry(plain(cell.get("reason") or "no reason given")),
        )
        for name, cell in cells.items()
        if cell.get("state") != "done"
    ]
    return Table(("cell", "state", "reason"), tuple(rows), reading=True)


def settings_tables(manifest: Mapping[str, Any]) -> dict[str, Table]:
    """Write what the manifest says of configuration and environment, a table per group."""
    groups: dict[str, list[tuple[Entry, ...]]] = {}
    for key, value in manifest.items():
        if key in DESCRIBED_ELSEWHERE:
            continue
        if isinstance(value, Mapping):
            groups[_words(key)] = [(Entry(_words(str(k))), Entry(plain(v))) for k, v in value.items()]
        else:
            groups.setdefault("run", []).append((Entry(_words(key)), Entry(plain(value))))
    return {name: Table(("setting", "value"), tuple(rows), reading=True) for name, rows in groups.items() if rows}


def glossary(measured: Collection[str]) -> Table:
    """Define every metric of predictions, and those of features that are among `measured`."""
    rows = [
        (
            Entry(metric.title, metric.name),
            Entry(f"over one {metric.over}" if metric.over == "level" else "over the sweep"),
            Entry(metric.definition),
            Entry(_direction(metric.better), f"{metric.interval} interval"),
            Entry(metric.source or NOTHING),
        )
        for metric in prediction_metrics().values()
    ]
    rows += [
        (
            Entry(metric.title, metric.name),
            Entry(f"over one {metric.over}" if metric.over == "level" else "over the sweep", _OF[metric.of]),
            Entry(f"{metric.definition}{f' Floor: {metric.floor}.' if metric.floor else ''}"),
            Entry(_direction(metric.better)),
            Entry(metric.source or NOTHING),
        )
        for metric in feature_metrics().values()
        if metric.name in measured
    ]
    return Table(("metric", "computed", "definition", "good", "source"), tuple(rows), reading=True)


_OF: Mapping[str, str] = {
    "network": "of the network",
    "layer": "of each layer",
    "dimension": "of each dimension of a capsule",
}
"""What a metric of features is of."""


def _direction(better: str) -> str:
    return NOTHING if better == "neither" else better


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cost_heading(costs: pd.DataFrame, name: str) -> str:
    title = cost_title(costs, name)
    timed = costs[(costs["metric"] == name) & costs["low"].notna()]
    sizes = timed["batch_size"].dropna().unique()
    return f"{title}, batch size {sizes[0]:g}" if len(sizes) == 1 else title


def _cost(row: Mapping[Any, Any]) -> Entry:
    low, high = float(row["low"]), float(row["high"])
    return Entry(quantity(float(row["value"])), "" if math.isnan(low) else f"{quantity(low)} to {quantity(high)}")
