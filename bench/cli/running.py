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
from runbench.cli.terminal import render_summary
from runbench.formatting import duration
from runbench.store.folders import require_writable

if TYPE_CHECKING:
    from runbench.pipeline.configuration import Configuration

FINISHED, INCOMPLETE = 0, 3


def run(options: argparse.Namespace, output: Output) -> int:
    """Measure what the options name."""
    configuration, broken = configuration_of(options)
    return _carry_out(configuration, broken, options, output)


def run_claims(claims: Sequence[Claim], options: argparse.Namespace, output: Output) -> tuple[int, Path]:
    """Measure what claims need, each suite with its own models alone; return exit code and run folder."""
    models_of = needed(claims)
    options.suite = list(models_of)
    options.models = [model for models in models_of.values() for model in models]
    name, options.name = options.name, options.name or "claims"
    configuration, broken = configuration_of(options)
    name = name or f"claims-{configuration.dataset.name}-{configuration.preset}"
    configuration = replace(configuration, name=name, models_of=models_of)
    return _carry_out(configuration, broken, options, output), configuration.folder


def conclude(output: Output, folder: Path, report: Path) -> None:
    """Show the summary, and the paths of what was written."""
    from runbench.store.records import read_csv

    summary = folder / "summary.csv"
    if summary.exists():
        output.say(f"\n{render_summary(read_csv(summary))}\n")
    output.say(f"tables  {folder}")
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
    from runbench.analysis.tables import write_tables
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
        for problem in write_tables(configuration.folder):
            output.warn(problem)
        report = write_report(configuration.folder, configuration.reports / configuration.name)
    conclude(output, configuration.folder, report)
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
