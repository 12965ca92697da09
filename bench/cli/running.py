"""The commands that measure: a run, what the claims need, and what either would take."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.definitions import needed
from runbench.cli.output import Output
from runbench.formatting import duration
from runbench.pipeline.resolve import Settings, default_name
from runbench.pipeline.running import plan, run
from runbench.progress import bar, silent
from runbench.store.folders import require_writable

if TYPE_CHECKING:
    from runbench.pipeline.plan import Plan
    from runbench.pipeline.runner import Outcome
    from runbench.store.run import StoredRun

FINISHED, INCOMPLETE = 0, 3


def measure(options: argparse.Namespace, output: Output) -> int:
    """Measure what the options name, or say what that would take."""
    return _measure(options.suites, settings_of(options), options, output)


def measure_claims(claims: Sequence[Claim], options: argparse.Namespace, output: Output) -> tuple[int, Path]:
    """Measure what claims need, each suite with its own models alone; return exit code and run folder."""
    settings = settings_of(options)
    named = {key: settings[key] for key in ("dataset", "preset") if key in settings}
    settings |= {"models": needed(claims), "name": options.name or default_name(["claims"], **named)}
    code = _measure(list(settings["models"]), settings, options, output)
    return code, options.output / settings["name"]


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options that are settings of a run, as far as they were given."""
    given = {name: value for name, value in vars(options).items() if name in Settings.__annotations__}
    return given | {"weights": dict(given.get("weights", ()))}


def conclude(output: Output, run: StoredRun, report: Path) -> None:
    """Show the summary, and the paths of what was written."""
    from runbench.cli.terminal import render_summary

    if len(run.summary):
        output.say(f"\n{render_summary(run.summary, run.suites)}\n")
    output.say(f"tables  {run.folder}")
    output.say(f"report  {report}")


def _measure(
    suites: Iterable[str], settings: Mapping[str, Any], options: argparse.Namespace, output: Output
) -> int:
    if options.dry_run:
        return _estimate(plan(suites, overwrite=options.overwrite, **settings), output)
    require_writable(options.reports)
    begun = time.perf_counter()
    complete, width = True, 0

    def show_plan(planned: Plan) -> None:
        nonlocal complete, width
        complete, width = not planned.configuration.broken, _show_plan(planned, output)

    def show_outcome(outcome: Outcome) -> None:
        nonlocal complete
        complete &= outcome.complete
        output.say(f"  {outcome.address:<{width}} {outcome.state:<9} {outcome.remark}")

    stored = run(
        suites,
        overwrite=options.overwrite,
        command=options.line,
        progress=silent if options.quiet else bar,
        on_plan=show_plan,
        on_outcome=show_outcome,
        on_problem=output.warn,
        **settings,
    )
    from runbench.report.writing import write_report

    conclude(output, stored, write_report(stored, options.reports / stored.folder.name))
    output.say(f"done in {duration(time.perf_counter() - begun)}")
    return FINISHED if complete else INCOMPLETE


def _estimate(planned: Plan, output: Output) -> int:
    from runbench.pipeline.estimate import estimate

    width = _show_plan(planned, output)
    total = 0.0
    for part in estimate(planned):
        total += part.seconds
        output.say(f"  {part.address:<{width}} {part.remark:<36} about {duration(part.seconds)}")
    output.say(f"nothing was changed; all of it takes about {duration(total)}, and costs and report a little more")
    return FINISHED


def _show_plan(planned: Plan, output: Output) -> int:
    """Say what a run is of, and which suites and plug-ins are left out and why; return how wide addresses are."""
    configuration = planned.configuration
    width = max(len(one.cell.address) for one in planned.cells)
    for line in configuration.broken:
        output.warn(line)
    suites = ", ".join(suite.name for suite in configuration.suites)
    seeds = ", ".join(map(str, configuration.seeds))
    output.say(
        f"run {configuration.name}: {suites}; {len(configuration.models)} models, seed {seeds}; "
        f"{configuration.dataset.name}, preset {configuration.preset}, {planned.device}, "
        f"{configuration.threads} threads"
    )
    for name, reason in configuration.left_out.items():
        output.say(f"  {name:<{width}} {'left out':<9} {reason}")
    return width
