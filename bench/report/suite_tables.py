"""The tables of one suite of a stored run, and what of its samples cannot be shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from runbench.analysis.summary import completed
from runbench.errors import DamagedFileError
from runbench.plots import ModelStyles, styles_of
from runbench.report.figure import SuiteTables
from runbench.report.figures.introspection import drawn_once
from runbench.store.run import StoredRun
from runbench.store.samples import StoredSamples, no_samples
from runbench.suites import Suite


def with_whole_summary(run: StoredRun) -> StoredRun:
    """Return the run with every column of today's summary."""
    return replace(run, summary=completed(run.summary, run.metrics, run.costs))


def tables_of_suites(run: StoredRun) -> Iterator[tuple[SuiteTables, tuple[str, ...]]]:
    """Go through a run's suites, each with what of its samples is not there: words that follow "the suite has"."""
    styles = styles_of(run.models)
    earlier: dict[Hashable, str] = {}
    for suite in run.suites.values():
        tables, lacking = tables_of(run, suite, styles, earlier)
        yield tables, lacking
        earlier = dict.fromkeys(drawn_once(tables.samples), suite.name) | earlier


def tables_of(
    run: StoredRun, suite: Suite, styles: ModelStyles, earlier: Mapping[Hashable, str]
) -> tuple[SuiteTables, tuple[str, ...]]:
    """Return the tables of one suite, and what of its samples is not there."""
    name = suite.name
    metrics, summary, costs, history, features, comparisons = (
        frame[frame["suite"] == name]
        for frame in (run.metrics, run.summary, run.costs, run.history, run.all_features, run.comparisons)
    )
    models = run.models[run.models["suite"] == name].drop(columns="suite")
    shown = {model: style for model, style in styles.items() if model in set(models["model"])}
    samples, lacking = _samples(run, name, list(shown))
    return SuiteTables(
        suite=suite,
        models=models,
        metrics=metrics,
        summary=summary,
        costs=costs,
        history=history,
        styles=shown,
        features=features,
        classes=run.classes,
        comparisons=comparisons,
        samples=samples,
        earlier=earlier,
    ), lacking


def _samples(run: StoredRun, suite: str, models: list[str]) -> tuple[StoredSamples, tuple[str, ...]]:
    try:
        samples = run.samples(suite, models)
    except DamagedFileError as damage:
        return no_samples(), (f"sample images that are left out: {damage}",)
    if samples is None:
        return no_samples(), ("no sample images",)
    faults = [
        f"pictures of {model} that are left out: {fault}"
        for model, faults in samples.faults.items()
        for fault in faults
    ]
    return samples, tuple(faults)
