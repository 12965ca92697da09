"""From a stored run to what the templates show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from runbench.analysis.summary import completed
from runbench.errors import DamagedFileError
from runbench.formatting import listed, plain
from runbench.plots import Looks, axis_title, level_text, looks_of
from runbench.report.claims import Verdicts, verdicts
from runbench.report.exhibit import Exhibit, Family, SuiteTables
from runbench.report.exhibits import exhibits, families
from runbench.report.figures.inside import Drawn
from runbench.report.figures.overview import Overview, overview
from runbench.report.findings import findings, how_differences, scope
from runbench.report.published_beside import PublishedBeside, published_beside
from runbench.report.tables import Table, costs_table, failed_table, glossary, settings_tables, summary_table
from runbench.store.run import StoredRun
from runbench.store.samples import StoredSamples
from runbench.suites import Suite

Lacking = dict[str, list[str]]
"""What suites lack, each with the names of the suites that lack it."""


@dataclass(frozen=True)
class Section:
    """Hold what the report says of one suite."""

    suite: Suite
    ran: str
    findings: tuple[str, ...]
    differences: str
    scope: str
    summary: Table | None
    published: PublishedBeside | None
    costs: Table | None
    exhibits: tuple[Exhibit, ...]
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Page:
    """Hold the whole report, ready for a template."""

    title: str
    commands: tuple[str, ...]
    claims: Verdicts | None
    overview: Overview | None
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    failed: Table
    settings: Mapping[str, Table]
    glossary: Table

    @property
    def exhibits(self) -> Iterator[Exhibit]:
        """Go through everything that is drawn, in reading order."""
        if self.overview is not None:
            yield self.overview.exhibit
        for section in self.sections:
            yield from section.exhibits
            for family in section.families:
                yield from family.exhibits


def compose(run: StoredRun) -> Page:
    """Write and describe everything that the stored run is enough for."""
    lacking: Lacking = {}
    drawn: Drawn = {}
    looks = looks_of(run.models)
    run = replace(run, summary=completed(run.summary, run.metrics, run.costs))
    sections = [_section(run, suite, looks, lacking, drawn) for suite in run.suites.values()]
    missing = [*run.missing, *(_lack(what, names) for what, names in lacking.items())]
    if not sections:
        missing.append("No suite has been measured yet.")
    return Page(
        title=run.name,
        commands=_commands(run.manifest),
        claims=verdicts(run.claims),
        overview=overview(run.summary, run.suites),
        sections=tuple(sections),
        missing=tuple(missing),
        failed=failed_table(run.cells),
        settings=settings_tables(run.manifest),
        glossary=glossary(run.all_features["metric"].unique().tolist()),
    )


def _commands(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    stored = manifest.get("commands")
    return tuple(plain(one) for one in stored) if isinstance(stored, list) else ()


def _lack(what: str, suites: list[str]) -> str:
    return f"Suite {suites[0]} has {what}." if len(suites) == 1 else f"Suites {listed(suites)} have {what}."


def _section(run: StoredRun, suite: Suite, looks: Looks, lacking: Lacking, drawn: Drawn) -> Section:
    name = suite.name
    metrics, summary, costs, history = (
        frame[frame["suite"] == name] for frame in (run.metrics, run.summary, run.costs, run.history)
    )
    models = run.models[run.models["suite"] == name].drop(columns="suite")
    shown = {model: look for model, look in looks.items() if model in set(models["model"])}
    gallery = _gallery(run, name, list(shown), lacking)
    if summary.empty:
        lacking.setdefault("no numbers: no cell is done, or the tables are not there", []).append(name)
    if costs.empty:
        lacking.setdefault("no costs", []).append(name)
    responses = run.all_features[run.all_features["suite"] == name]
    comparisons = run.comparisons[run.comparisons["suite"] == name]
    tables = SuiteTables(
        suite, models, metrics, summary, costs, history, shown, run.classes, responses, comparisons
    )
    return Section(
        suite=suite,
        ran=_ran(tables, run.manifest),
        findings=tuple(findings(summary, suite, comparisons)),
        differences=how_differences(comparisons),
        scope="" if summary.empty else scope(summary, comparisons),
        summary=None if summary.empty else summary_table(summary, suite),
        published=published_beside(tables, run.manifest),
        costs=None if costs.empty else costs_table(costs),
        exhibits=tuple(exhibits(tables, gallery)),
        families=tuple(families(tables, gallery, drawn)),
    )


def _gallery(run: StoredRun, suite: str, models: list[str], lacking: Lacking) -> StoredSamples | None:
    try:
        gallery = run.samples(suite, models)
    except DamagedFileError as damage:
        lacking.setdefault(f"a gallery that is left out: {damage}", []).append(suite)
        return None
    if gallery is None:
        lacking.setdefault("no sample images", []).append(suite)
        return None
    for model, faults in gallery.faults.items():
        for fault in faults:
            lacking.setdefault(f"pictures of {model} that are left out: {fault}", []).append(suite)
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
    if len(levels) and tables.suite.axis:
        span = f" from {level_text(levels.min())} to {level_text(levels.max())}"
        several = len(levels) > 1
        parts.append(f"{len(levels)} level{'s' * several} of {axis_title(tables.suite)}{span * several}")
    hardware = manifest.get("hardware")
    if isinstance(hardware, Mapping) and "device" in hardware:
        parts.append(f"on {plain(hardware['device'])}")
    return f"{', '.join(parts)}."
