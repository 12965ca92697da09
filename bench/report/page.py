"""From a stored run to what the templates show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.errors import DamagedFileError
from bench.plots import Looks, looks_of
from bench.report.exhibits import Exhibit, SuiteTables, exhibits
from bench.report.findings import findings, scope
from bench.report.stored import StoredGallery, StoredRun, read_gallery, unknown_suite
from bench.report.tables import Table, costs_table, failed_table, glossary, settings_tables, summary_table
from bench.report.wording import level, listed, plain
from bench.suites import Suite


@dataclass(frozen=True)
class Section:
    """Hold what the report says of one suite."""

    suite: Suite
    ran: str
    findings: tuple[str, ...]
    scope: str
    summary: Table | None
    costs: Table | None
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True)
class Page:
    """Hold the whole report, ready for a template."""

    title: str
    command: str
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    failed: Table
    settings: Mapping[str, Table]
    glossary: Table


def compose(run: StoredRun, suites: Mapping[str, Suite]) -> Page:
    """Draw and write everything that the stored run is enough for."""
    missing = list(run.missing)
    looks = looks_of(run.models)
    sections = [_section(run, suites.get(name) or unknown_suite(name), looks, missing) for name in run.suites]
    if not sections:
        missing.append("No suite has been measured yet.")
    return Page(
        title=run.name,
        command=plain(run.manifest.get("command", "")),
        sections=tuple(sections),
        missing=tuple(missing),
        failed=failed_table(run.cells),
        settings=settings_tables(run.manifest),
        glossary=glossary(),
    )


def _section(run: StoredRun, suite: Suite, looks: Looks, missing: list[str]) -> Section:
    name = suite.name
    metrics, summary, costs, history = (
        frame[frame["suite"] == name] for frame in (run.metrics, run.summary, run.costs, run.history)
    )
    models = run.models[run.models["suite"] == name].drop(columns="suite")
    shown = {model: look for model, look in looks.items() if model in set(models["model"])}
    gallery = _gallery(run, name, list(shown), missing)
    if summary.empty:
        missing.append(f"Suite {name} has no numbers: no cell of it is done, or its tables are not there.")
    if costs.empty:
        missing.append(f"Suite {name} has no costs.")
    tables = SuiteTables(suite, models, metrics, summary, costs, history, shown)
    return Section(
        suite=suite,
        ran=_ran(tables, run.manifest),
        findings=tuple(findings(summary)),
        scope="" if summary.empty else scope(summary),
        summary=None if summary.empty else summary_table(summary),
        costs=None if costs.empty else costs_table(costs),
        exhibits=tuple(exhibits(tables, gallery)),
    )


def _gallery(run: StoredRun, suite: str, models: list[str], missing: list[str]) -> StoredGallery | None:
    try:
        gallery = read_gallery(run.folder, suite, models)
    except DamagedFileError as damage:
        missing.append(f"The gallery of {suite} is left out: {damage}.")
        return None
    if gallery is None:
        missing.append(f"Suite {suite} has no sample images.")
    return gallery


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
    if len(levels):
        span = f" from {level(levels.min())} to {level(levels.max())} {tables.suite.unit}"
        parts.append(
            f"{len(levels)} level{'s' * (len(levels) > 1)} of {tables.suite.axis}{span * (len(levels) > 1)}"
        )
    hardware = manifest.get("hardware")
    if isinstance(hardware, Mapping) and "device" in hardware:
        parts.append(f"on {plain(hardware['device'])}")
    return f"{', '.join(parts)}."
