"""From a stored run to everything that its report says and shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

from runbench.formatting import listed, plain
from runbench.plots import axis_title, level_text
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.overview import overview_table
from runbench.report.figures.registry import RUN_FIGURES, SECTIONS, drawn_in, load_figures
from runbench.report.findings import findings, how_differences, scope
from runbench.report.suite_tables import tables_of_suites, with_whole_summary
from runbench.report.tables.claims import Verdicts, verdicts
from runbench.report.tables.costs import costs_table
from runbench.report.tables.glossary import glossary
from runbench.report.tables.published import PublishedBeside, published_beside
from runbench.report.tables.settings import failed_table, settings_tables
from runbench.report.tables.summary import summary_table
from runbench.report.tables.table import Table
from runbench.store.run import StoredRun
from runbench.suites import Suite

Lacking = dict[str, list[str]]
"""What suites lack, each with the names of the suites that lack it."""


@final
@dataclass(frozen=True)
class Part:
    """The figures of one part of a suite's section: a name for links, a title, figures and notes."""

    name: str
    title: str
    figures: tuple[ReportFigure, ...]
    notes: tuple[str, ...]


@final
@dataclass(frozen=True)
class SuiteReport:
    """What the report says of one suite."""

    suite: Suite
    ran: str
    findings: tuple[str, ...]
    differences: str
    scope: str
    summary: Table | None
    published: PublishedBeside | None
    costs: Table | None
    figures: tuple[ReportFigure, ...]
    notes: tuple[str, ...]
    parts: tuple[Part, ...]


@final
@dataclass(frozen=True)
class RunReport:
    """What the whole report says."""

    title: str
    commands: tuple[str, ...]
    claims: Verdicts | None
    figures: tuple[ReportFigure, ...]
    overview: Table | None
    sections: tuple[SuiteReport, ...]
    missing: tuple[str, ...]
    failed: Table
    settings: Mapping[str, Table]
    glossary: Table


def compose(run: StoredRun) -> RunReport:
    """Write and describe everything that the stored run is enough for."""
    broken = [f"The {line}." for line in load_figures()]
    run = with_whole_summary(run)
    lacking: Lacking = {}
    sections = []
    for tables, absent in tables_of_suites(run):
        for what in (*absent, *_absent(tables)):
            lacking.setdefault(what, []).append(tables.suite.name)
        sections.append(_section(tables, run.manifest))
    missing = [
        *run.missing,
        *broken,
        *(_lack(what, names) for what, names in lacking.items()),
    ]
    if not sections:
        missing.append("No suite has been measured yet.")
    return RunReport(
        title=run.name,
        commands=_commands(run.manifest),
        claims=verdicts(run.claims),
        figures=tuple(shown for figures in RUN_FIGURES.values() for shown in figures(run)),
        overview=overview_table(run),
        sections=tuple(sections),
        missing=tuple(missing),
        failed=failed_table(run.cells),
        settings=settings_tables(run.manifest),
        glossary=glossary(run.all_features["metric"].unique().tolist()),
    )


def _absent(tables: SuiteTables) -> Iterator[str]:
    if tables.summary.empty:
        yield "no numbers: no cell is done, or the tables are not there"
    if tables.costs.empty:
        yield "no costs"


def _commands(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    stored = manifest.get("commands")
    return tuple(plain(one) for one in stored) if isinstance(stored, list) else ()


def _lack(what: str, suites: list[str]) -> str:
    return f"Suite {suites[0]} has {what}." if len(suites) == 1 else f"Suites {listed(suites)} have {what}."


def _section(tables: SuiteTables, manifest: Mapping[str, Any]) -> SuiteReport:
    suite, summary, comparisons = tables.suite, tables.summary, tables.comparisons
    own, *parts = (_part(section, tables) for section in SECTIONS)
    return SuiteReport(
        suite=suite,
        ran=_ran(tables, manifest),
        findings=tuple(findings(summary, suite, comparisons)),
        differences=how_differences(comparisons),
        scope="" if summary.empty else scope(summary, comparisons),
        summary=None if summary.empty else summary_table(summary, suite),
        published=published_beside(tables, manifest),
        costs=None if tables.costs.empty else costs_table(tables.costs),
        figures=own.figures,
        notes=own.notes,
        parts=tuple(part for part in parts if part.figures or part.notes),
    )


def _part(section: str, tables: SuiteTables) -> Part:
    shown = list(drawn_in(section, tables))
    return Part(
        section,
        SECTIONS[section],
        tuple(item for item in shown if isinstance(item, ReportFigure)),
        tuple(item for item in shown if isinstance(item, str)),
    )


def _ran(tables: SuiteTables, manifest: Mapping[str, Any]) -> str:
    """Say in one line what was run."""
    if tables.summary.empty:
        return "Nothing has been measured."
    models = list(tables.summary["model"])
    parts = [f"{len(models)} model{'s' * (len(models) > 1)} ({listed(models)})"]
    if len(tables.metrics):
        seeds = [str(seed) for seed in sorted(tables.metrics["seed"].unique())]
        parts.append(f"training seed{'s' * (len(seeds) > 1)} {listed(seeds)}")
    parts.append(f"{int(tables.summary['count'].max()):,} test images")
    levels = tables.metrics["level"].dropna().unique()
    if len(levels) and tables.suite.axis:
        span = f" from {level_text(levels.min())} to {level_text(levels.max())}"
        several = len(levels) > 1
        parts.append(f"{len(levels)} level{'s' * several} of {axis_title(tables.suite)}{span * several}")
    hardware = manifest.get("hardware")
    if isinstance(hardware, Mapping) and "device" in hardware:
        parts.append(f"on {plain(hardware['device'])}")
    return f"{', '.join(parts)}."
