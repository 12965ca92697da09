"""The commands that measure: a run, what the claims need, and what either would take."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.definitions import needed
from runbench.cli.arguments import configuration_of
from runbench.cli.output import Output
from runbench.formatting import duration
from runbench.store.folders import require_writable

if TYPE_CHECKING:
    from runbench.pipeline.configuration import Configuration
    from runbench.store.run import StoredRun
    from runbench.store.run_folder import RunFolder

FINISHED, INCOMPLETE = 0, 3


def run(options: argparse.Namespace, output: Output) -> int:
    """Measure what the options name."""
    configuration, broken = configuration_of(options)
    return _carry_out(configuration, broken, options, output)


def run_claims(claims: Sequence[Claim], options: argparse.Namespace, output: Output) -> tuple[int, RunFolder]:
    """Measure what claims need, each suite with its own models alone; return exit code and run folder."""
    models_of = needed(claims)
    options.suite = list(models_of)
    options.models = [model for models in models_of.values() for model in models]
    name, options.name = options.name, options.name or "claims"
    configuration, broken = configuration_of(options)
    name = name or f"claims-{configuration.dataset.name}-{configuration.preset}"
    configuration = replace(configuration, name=name, models_of=models_of)
    return _carry_out(configuration, broken, options, output), configuration.folder


def refresh(folder: RunFolder, output: Output) -> StoredRun:
    """Derive a run's tables anew from its rows per image, store them, and return the run with them."""
    from runbench.analysis.tables import analyse
    from runbench.store.contents import put_tables
    from runbench.store.run import open_run

    run = open_run(folder.path)
    for line in run.migrated:
        output.say(line)
    tables = analyse(run)
    for problem in tables.problems:
        output.warn(problem)
    if tables.metrics is run.metrics:
        return run
    if not run.migrated:
        put_tables(folder, tables)
    return run.with_tables(tables)


def conclude(output: Output, run: StoredRun, report: Path) -> None:
    """Show the summary, and the paths of what was written."""
    from runbench.cli.terminal import render_summary

    if len(run.summary):
        output.say(f"\n{render_summary(run.summary, run.suites)}\n")
    output.say(f"tables  {run.folder}")
    output.say(f"report  {report}")


def _carry_out(
    configuration: Configuration, broken: list[str], options: argparse.Namespace, output: Output
) -> int:
    for line in broken:
        output.warn(line)
    if options.dry_run:
        return _dry_run(configuration, options, output)
    require_writable(configuration.output)
    require_writable(configuration.reports)
    return max(_measure(configuration, options, output), INCOMPLETE if broken else FINISHED)


def _measure(configuration: Configuration, options: argparse.Namespace, output: Output) -> int:
    from runbench.pipeline.plan import make_plan
    from runbench.pipeline.runner import run
    from runbench.progress import bar, silent
    from runbench.report.writing import write_report
    from runbench.store.manifest import held, read_manifest, remove_run

    begun = time.perf_counter()
    complete = True
    with held(configuration.folder):
        plan = make_plan(configuration, None if options.overwrite else read_manifest(configuration.folder))
        if options.overwrite:
            remove_run(configuration.folder)
        output.say(_headline(configuration, str(plan.device)))
        width = max(len(planned.cell.address) for planned in plan.cells)
        for suite, reason in configuration.left_out.items():
            output.say(f"  {suite:<{width}} {'left out':<9} {reason}")
        for outcome in run(plan, options.line, silent if options.quiet else bar):
            complete &= outcome.complete
            output.say(f"  {outcome.address:<{width}} {outcome.state:<9} {outcome.remark}")
        stored = refresh(configuration.folder, output)
        report = write_report(stored, configuration.reports / configuration.name)
    conclude(output, stored, report)
    output.say(f"done in {duration(time.perf_counter() - begun)}")
    return FINISHED if complete else INCOMPLETE


def _dry_run(configuration: Configuration, options: argparse.Namespace, output: Output) -> int:
    from runbench.pipeline.estimate import estimate
    from runbench.pipeline.plan import make_plan
    from runbench.store.manifest import read_manifest

    plan = make_plan(configuration, None if options.overwrite else read_manifest(configuration.folder))
    output.say(_headline(configuration, str(plan.device)))
    for suite, reason in configuration.left_out.items():
        output.say(f"  {suite}: left out, {reason}")
    total = 0.0
    width = max(len(planned.cell.address) for planned in plan.cells)
    for part in estimate(plan):
        total += part.training + part.sweep
        seconds = duration(part.training + part.sweep)
        output.say(f"  {part.address:<{width}} {part.remark:<36} about {seconds}")
    output.say(f"nothing was changed; all of it takes about {duration(total)}, and costs and report a little more")
    return FINISHED


def _headline(configuration: Configuration, device: str) -> str:
    suites = ", ".join(suite.name for suite in configuration.suites)
    seeds = ", ".join(map(str, configuration.seeds))
    return (
        f"run {configuration.name}: {suites}; {len(configuration.models)} models, seed {seeds}; "
        f"{configuration.dataset.name}, preset {configuration.preset}, {device}, {configuration.threads} threads"
    )
