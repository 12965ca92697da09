"""The commands: each reads its options, makes one call, says what came of it and returns the exit code."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.definitions import CLAIMS, claims_numbered
from runbench.cli.claims_text import render_statements, render_verdicts
from runbench.cli.output import Output
from runbench.cli.running import FINISHED, INCOMPLETE, conclude, measure, measure_claims
from runbench.errors import UsageError
from runbench.pipeline.listing import LISTINGS
from runbench.pipeline.resolve import register_plugins, run_name
from runbench.store.folders import RunFolder, require_writable, stored_runs, unused_checkpoints

if TYPE_CHECKING:
    from runbench.store.run import StoredRun


def _list(options: argparse.Namespace, output: Output) -> int:
    broken = register_plugins(options.plugins)
    listings = [LISTINGS[title]() for title in ([options.what] if options.what else LISTINGS)]
    if options.json:
        rows = {listing.title: listing.rows for listing in listings}
        output.say(json.dumps({**rows, "broken plug-ins": broken}, indent=2))
        return FINISHED
    output.say("\n\n".join(map(str, listings)))
    for line in broken:
        output.warn(line)
    return FINISHED


def _report(options: argparse.Namespace, output: Output) -> int:
    folder = _stored_run(options.output, options.name)
    require_writable(options.reports)
    from runbench.report.writing import write_report

    run = _refreshed(folder, output)
    conclude(output, run, write_report(run, options.reports / options.name))
    return FINISHED


def _compare(options: argparse.Namespace, output: Output) -> int:
    first, second = (_stored_run(options.output, name) for name in (options.first, options.second))
    require_writable(options.reports)
    from runbench.analysis.comparison.compare import compare
    from runbench.report.comparison.terminal import render_comparison
    from runbench.report.comparison.writing import write_comparison
    from runbench.store.run import open_run

    compared = compare(open_run(first.path), open_run(second.path))
    page = write_comparison(compared, options.reports / f"compare-{options.first}-{options.second}")
    output.say(f"{render_comparison(compared)}\n")
    output.say(f"tables  {page.parent / 'tables'}")
    output.say(f"report  {page}")
    return FINISHED


def _claims(options: argparse.Namespace, output: Output) -> int:
    claims = claims_numbered(options.claims or CLAIMS)
    if options.run:
        code, folder = measure_claims(claims, options, output)
        if not options.dry_run:
            output.say(f"\n{_verdicts(RunFolder(folder), claims, output)}")
        return code
    if options.name is None:
        output.say(render_statements(claims))
    else:
        output.say(_verdicts(_stored_run(options.output, options.name), claims, output))
    return FINISHED


def _verdicts(folder: RunFolder, claims: Sequence[Claim], output: Output) -> str:
    """Return a stored run's verdicts on claims; those of a run that an earlier version made are decided first."""
    from runbench.store.run import open_run

    run = open_run(folder.path)
    if run.claims.empty:
        run = _refreshed(folder, output)
    if run.claims.empty:
        raise UsageError(
            f"{folder.path} was stored without its rows per image, by which claims are decided; run it again"
        )
    table = run.claims
    return render_verdicts(table[table["claim"].isin([claim.number for claim in claims])], output.command)


def _selftest(options: argparse.Namespace, output: Output) -> int:
    from runbench.cli.selftest_text import HEADING, render_section, render_wrong
    from runbench.progress import bar, silent
    from runbench.selftest import selftest

    output.say(HEADING)
    count = 0
    wrong: list[str] = []
    for section in selftest(silent if options.quiet else bar):
        output.say(render_section(section))
        count += len(section.checks)
        wrong += [render_wrong(section, check) for check in section.checks if not check.right]
    for line in wrong:
        output.warn(line)
    output.say(f"{count - len(wrong)} of {count} answers are as they must be")
    return INCOMPLETE if wrong else FINISHED


def _clean(options: argparse.Namespace, output: Output) -> int:
    unused = unused_checkpoints(options.output)
    size = sum(file.stat().st_size for file in unused)
    for file in unused:
        file.unlink()
        output.say(f"removed {file}")
    output.say(f"{len(unused)} files removed, {size / 2**20:.1f} MiB")
    return FINISHED


COMMANDS: Mapping[str | None, Callable[[argparse.Namespace, Output], int]] = MappingProxyType(
    {
        None: measure,
        "list": _list,
        "report": _report,
        "claims": _claims,
        "compare": _compare,
        "selftest": _selftest,
        "clean": _clean,
    }
)
"""Every command by its name; without one, a run."""


def _refreshed(folder: RunFolder, output: Output) -> StoredRun:
    """Return a stored run with its tables derived anew, and say what was done and what is damaged."""
    from runbench.analysis.tables import refresh
    from runbench.store.run import open_run

    run, problems = refresh(open_run(folder.path))
    for line in run.migrated:
        output.say(line)
    for problem in problems:
        output.warn(problem)
    return run


def _stored_run(output: Path, name: str) -> RunFolder:
    """Return a stored run's folder; raise UsageError, naming the runs there are, for one that is not there."""
    folder = RunFolder(output / run_name(name))
    if not folder.manifest.is_file():
        there = ", ".join(stored_runs(output)) or "none"
        raise UsageError(f"there is no run {name!r} in {output}; there are: {there}")
    return folder
