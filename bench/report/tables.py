"""The report's tables: what stands in each cell, already written out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from runbench.analysis.summary import SUMMARY_SCORES
from runbench.formatting import Estimate, estimate, index_detail, plain, quantity, share_detail
from runbench.metrics.features.definitions import MEASURES
from runbench.metrics.predictions.definitions import SCORES
from runbench.report.terms import mean_success
from runbench.suites import Suite

SUMMARY_HEADINGS: dict[str, str] = {
    "identity_accuracy": "{success} at the identity",
    "mean_accuracy": "{mean}",
    "mean_accuracy_unambiguous": "mean accuracy, unambiguous",
    "mean_digit_recall": "recall per digit",
    "area_under_curve": "area under curve",
    "mean_intact_auroc": "intact or not: AUROC",
    "worst_orbit_accuracy": "right at every level",
    "half_level": "half-level ({unit})",
    "relative_error": "error over the baseline's",
    "mean_consistency": "consistency",
    "mean_clean_correct_consistency": "consistency where correct",
    "flip_probability": "flip probability",
    "pooled_calibration_error": "calibration error",
    "mean_brier_score": "Brier score",
}
"""The summary's columns; {success}, {mean} and {unit} are what the suite counts as success, its mean, its unit."""

DESCRIBED_ELSEWHERE = ("format", "identity", "name", "commands", "suites", "costs", "cells")
"""Keys of the manifest that the report shows in places of their own."""


NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to say."""


@dataclass(frozen=True)
class Entry:
    """Hold a table cell: its text and, smaller, what belongs beside it."""

    text: str
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """Hold a table as text: the first column names the row."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]


def summary_table(summary: pd.DataFrame, suite: Suite) -> Table:
    """Write one suite's summary, a row per model, shares in percent; columns without a number are left out."""
    words = {"success": suite.task.success, "mean": mean_success(suite), "unit": suite.unit}
    columns = [column for column in SUMMARY_HEADINGS if column in summary and summary[column].notna().any()]
    rows = []
    for row in summary.to_dict(orient="records"):
        cells = [_ENTRIES[SCORES[SUMMARY_SCORES[column][0]].unit](estimate(row, column)) for column in columns]
        rows.append((Entry(str(row["model"]), f"{row['architecture']}, {row['regime']}"), *cells))
    return Table(("model", *(SUMMARY_HEADINGS[column].format(**words) for column in columns)), tuple(rows))


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
}
"""How the summary writes a score, by its unit."""


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
    return _words(name) if counted else f"{_words(name)} ({unit.iloc[0]})"


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
    return Table(("cell", "state", "reason"), tuple(rows))


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
    return {name: Table(("setting", "value"), tuple(rows)) for name, rows in groups.items() if rows}


def glossary(measured: Collection[str]) -> Table:
    """Define every score, and those measures of features that are among `measured`."""
    rows = [
        (
            Entry(score.title, score.name),
            Entry(f"over one {score.over}" if score.over == "level" else "over the sweep"),
            Entry(score.definition),
            Entry(_direction(score.better), f"{score.interval} interval"),
            Entry(score.source or NOTHING),
        )
        for score in SCORES.values()
    ]
    rows += [
        (
            Entry(measure.title, measure.name),
            Entry(f"over one {measure.over}" if measure.over == "level" else "over the sweep", _OF[measure.of]),
            Entry(f"{measure.definition}{f' Floor: {measure.floor}.' if measure.floor else ''}"),
            Entry(_direction(measure.better)),
            Entry(measure.source or NOTHING),
        )
        for measure in MEASURES.values()
        if measure.name in measured
    ]
    return Table(("score or measure", "computed", "definition", "good", "source"), tuple(rows))


_OF: Mapping[str, str] = {
    "network": "of the network",
    "layer": "of each layer",
    "dimension": "of each dimension of a capsule",
}
"""What a measure of features is of."""


def _direction(better: str) -> str:
    return NOTHING if better == "neither" else better


def _words(name: str) -> str:
    return name.replace("multiply_adds", "multiply-adds").replace("_", " ")


def _cost_heading(costs: pd.DataFrame, name: str) -> str:
    title = cost_title(costs, name)
    timed = costs[(costs["metric"] == name) & costs["low"].notna()]
    sizes = timed["batch_size"].dropna().unique()
    return f"{title}, batch size {sizes[0]:g}" if len(sizes) == 1 else title


def _cost(row: Mapping[Any, Any]) -> Entry:
    low, high = float(row["low"]), float(row["high"])
    return Entry(quantity(float(row["value"])), "" if math.isnan(low) else f"{quantity(low)} to {quantity(high)}")
