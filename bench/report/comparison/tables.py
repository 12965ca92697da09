"""The tables of a comparison's page, and what they call its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.formatting import MINUS, listed, points, quantity, signed
from runbench.metrics.registry import METRICS
from runbench.report.comparison.figures import sweep_title
from runbench.report.tables.costs import cost_title
from runbench.report.tables.table import NOTHING, Entry, Table
from runbench.statistics import Estimate
from runbench.suites import Suite


def verdict(row: Mapping[Any, Any]) -> str:
    """Say which run a row of the comparison decides for."""
    if not row["separated"]:
        return "not separated"
    return "A is higher" if row["difference"] > 0 else "B is higher"


def p_text(value: float) -> str:
    """Write a p-value: three decimals, small ones as a bound."""
    if math.isnan(value):
        return NOTHING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def how_compared(rows: pd.DataFrame) -> str:
    """Say in one line how one suite of the runs was compared."""
    paired = set(rows["paired"])
    how = {
        frozenset({True}): "compared image by image (paired)",
        frozenset({False}): "compared by their tables alone (not paired)",
    }.get(frozenset(paired), "compared image by image where per-sample rows are stored, else by their tables")
    models = rows["model"].nunique()
    return f"{models} model{'s' * (models > 1)} on the same {int(rows['count'].max()):,} test images, {how}."


def summary_table(rows: pd.DataFrame, suite: Suite, found: tuple[Match, ...]) -> Table:
    """Write one suite's differences over the sweep, a row per model."""
    sweeps, levels = rows[rows["level"].isna()], rows[rows["level"].notna()]
    seeds = {match.model: _seeds(match) for match in found}
    lines = []
    for row in sweeps.to_dict(orient="records"):
        own = levels[levels["model"] == row["model"]]
        lines.append(
            (
                Entry(row["model"], seeds[row["model"]]),
                Entry(f"{100 * row['value_a']:.1f}"),
                Entry(f"{100 * row['value_b']:.1f}"),
                _difference_entry(row),
                Entry(p_text(row["p_holm"]), f"(uncorrected {p_text(row['p_value'])})"),
                Entry(verdict(row), "(paired)" if row["paired"] else "(not paired)"),
                Entry(f"{int(own['separated'].sum())} of {len(own)}"),
            )
        )
    title = sweep_title(str(sweeps["metric"].iloc[0]), suite)
    heading = ("model", f"A: {title}", f"B: {title}", f"A {MINUS} B", "p (Holm)", "over the sweep", "levels apart")
    return Table(heading, tuple(lines))


def _seeds(match: Match) -> str:
    of_a, of_b = (listed([str(seed) for seed in seeds]) for seeds in (match.seeds_a, match.seeds_b))
    return f"seed {of_a}" if match.same_seeds else f"seed {of_a} in A, {of_b} in B"


def _difference_entry(row: Mapping[Any, Any]) -> Entry:
    written = points(Estimate(row["difference"], row["low"], row["high"]))
    value, _, interval = written.partition(" [")
    return Entry(value, f"[{interval}" if interval else "")


def features_table(features: pd.DataFrame) -> Table:
    """Write one suite's metrics of features over the sweep, a row each."""
    lines = []
    for row in features.to_dict(orient="records"):
        metric = METRICS.get(str(row["metric"]))
        dimension = "" if pd.isna(row["dimension"]) else f", dimension {int(row['dimension'])}"
        layer = "the whole network" if pd.isna(row["layer"]) else str(row["layer"])
        known = not math.isnan(row["low"])
        lines.append(
            (
                Entry(metric.title if metric else str(row["metric"])),
                Entry(str(row["model"])),
                Entry(f"{layer}{dimension}"),
                Entry(f"{row['value_a']:.4g}"),
                Entry(f"{row['value_b']:.4g}"),
                Entry(f"{row['difference']:+.3g}", f"[{row['low']:+.3g}, {row['high']:+.3g}]" if known else ""),
            )
        )
    return Table(("metric", "model", "layer", "A", "B", f"A {MINUS} B"), tuple(lines), reading=True)


def costs_table(costs: pd.DataFrame) -> Table:
    """Write what models cost in both runs, a row per model, suite and cost."""
    lines = []
    for row in costs.to_dict(orient="records"):
        change = 100 * (row["ratio"] - 1)
        timed = not math.isnan(row["low_a"])
        lines.append(
            (
                Entry(f"{row['model']}, {row['suite']}"),
                Entry(cost_title(costs[costs["metric"] == row["metric"]], row["metric"]),
                      f"batch size {row['batch_size']:g}" if timed and not math.isnan(row["batch_size"]) else ""),
                _cost(row, "a"),
                _cost(row, "b"),
                Entry(NOTHING if math.isnan(change) else f"{signed(change)}%"),
            )
        )  # fmt: skip
    return Table(("model and suite", "metric", "A", "B", "A against B"), tuple(lines), reading=True)


def _cost(row: Mapping[Any, Any], run: str) -> Entry:
    low, high = float(row[f"low_{run}"]), float(row[f"high_{run}"])
    between = "" if math.isnan(low) else f"{quantity(low)} to {quantity(high)}"
    return Entry(quantity(float(row[f"value_{run}"])), between)


def settings_table(settings: pd.DataFrame) -> Table:
    """Write the settings that differ."""
    rows = settings.itertuples(index=False, name=None)
    return Table(("setting", "A", "B"), tuple(tuple(map(Entry, row)) for row in rows), reading=True)
