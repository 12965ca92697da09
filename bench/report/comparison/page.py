"""From a comparison to everything that its page says and shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import pandas as pd

from runbench.analysis.comparison.compare import Comparison
from runbench.analysis.comparison.matching import Match
from runbench.formatting import MINUS, listed, points, quantity, signed
from runbench.metrics.registry import METRICS
from runbench.plots import ModelStyles, styles_of
from runbench.report.comparison.figures import figures, matrix, sweep_title
from runbench.report.figure import ReportFigure
from runbench.report.tables.costs import cost_title
from runbench.report.tables.table import NOTHING, Entry, Table
from runbench.statistics import Estimate
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class SuiteComparison:
    """What the page says of one suite."""

    suite: Suite
    ran: str
    summary: Table
    figures: tuple[ReportFigure, ...]
    features: Table | None


@final
@dataclass(frozen=True)
class ComparisonReport:
    """What the whole page says; `runs` names A and B."""

    title: str
    runs: tuple[str, str]
    notes: tuple[str, ...]
    refused: Mapping[str, str]
    matrix: ReportFigure | None
    sections: tuple[SuiteComparison, ...]
    costs: Table | None
    unlike: tuple[str, ...]
    settings: Table | None


def compose(compared: Comparison) -> ComparisonReport:
    """Write and describe everything that was compared."""
    styles = styles_of(pd.concat([compared.first.models, compared.second.models], ignore_index=True))
    return ComparisonReport(
        title=" and ".join(compared.names),
        runs=compared.names,
        notes=compared.notes,
        refused=compared.refused,
        matrix=matrix(compared),
        sections=tuple(_section(compared, suite, styles) for suite in compared.suites.values()),
        costs=None if compared.costs.empty else _costs_table(compared.costs),
        unlike=compared.unlike,
        settings=None if compared.settings.empty else _settings_table(compared.settings),
    )


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


def _section(compared: Comparison, suite: Suite, styles: ModelStyles) -> SuiteComparison:
    rows = compared.comparison[compared.comparison["suite"] == suite.name]
    features = compared.features[compared.features["suite"] == suite.name]
    return SuiteComparison(
        suite=suite,
        ran=_ran(rows),
        summary=_summary(rows, suite, compared.matches[suite.name]),
        figures=tuple(figures(compared, suite, styles)),
        features=None if features.empty else _features_table(features),
    )


def _ran(rows: pd.DataFrame) -> str:
    """Say in one line how the runs were compared."""
    paired = set(rows["paired"])
    how = {
        frozenset({True}): "compared image by image (paired)",
        frozenset({False}): "compared by their tables alone (not paired)",
    }.get(frozenset(paired), "compared image by image where per-sample rows are stored, else by their tables")
    models = rows["model"].nunique()
    return f"{models} model{'s' * (models > 1)} on the same {int(rows['count'].max()):,} test images, {how}."


def _summary(rows: pd.DataFrame, suite: Suite, found: tuple[Match, ...]) -> Table:
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


def _features_table(features: pd.DataFrame) -> Table:
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


def _costs_table(costs: pd.DataFrame) -> Table:
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


def _settings_table(settings: pd.DataFrame) -> Table:
    rows = settings.itertuples(index=False, name=None)
    return Table(("setting", "A", "B"), tuple(tuple(map(Entry, row)) for row in rows), reading=True)
