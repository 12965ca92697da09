"""The command line, and the only file that prints. Torch, pandas and seaborn are imported only once needed."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.definitions import CLAIMS, claims_numbered, needed
from runbench.analysis.claims.rendering import render_statements, render_verdicts
from runbench.cli.arguments import configuration_of, register_plugins, run_name
from runbench.cli.grammar import parse
from runbench.cli.terminal import render_duration, render_summary
from runbench.errors import BenchError, DamagedFileError, UnusableEnvironmentError, UsageError
from runbench.pipeline.listing import LISTINGS
from runbench.store.folders import MANIFEST, require_writable, unused_checkpoints

if TYPE_CHECKING:
    from runbench.pipeline.configuration import Configuration

# Idle OpenMP threads otherwise spin, and where another process wants a core that slows training tens of times.
# Read once, when torch is first imported, which is later than this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

FINISHED, INCOMPLETE, INTERRUPTED, TERMINATED = 0, 3, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = parse(words)
        options.line = shlex.join(["python", "run_bench.py", *words])
        code = COMMANDS[options.command](options)
        sys.stdout.flush()
    except BenchError as error:
        if "--debug" in words:
            traceback.print_exc()
        _warn(str(error))
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone: keep the interpreter from flushing into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINISHED
    except (OSError, DamagedFileError) as error:
        if "--debug" in words:
            traceback.print_exc()
        _warn(" ".join(str(error).split()))
        return UnusableEnvironmentError.exit_code
    except KeyboardInterrupt:
        _warn("interrupted; the same command goes on from here")
        return INTERRUPTED
    return code


def _run(options: argparse.Namespace) -> int:
    configuration, broken = configuration_of(options)
    return _carry_out(configuration, broken, options)


def _carry_out(configuration: Configuration, broken: list[str], options: argparse.Namespace) -> int:
    for line in broken:
        _warn(line)
    if options.dry_run:
        return _dry_run(configuration, options)
    require_writable(configuration.output)
    require_writable(configuration.reports)
    return max(_measure(configuration, options), INCOMPLETE if broken else FINISHED)


def _measure(configuration: Configuration, options: argparse.Namespace) -> int:
    from runbench.analysis.tables import write_tables
    from runbench.pipeline.plan import make_plan
    from runbench.pipeline.runner import run
    from runbench.progress import bar, silent
    from runbench.report.writing import write_report
    from runbench.store.manifest import held, read_manifest, remove_run

    say = _say_nothing if options.quiet else print
    begun = time.perf_counter()
    complete = True
    with held(configuration.folder):
        plan = make_plan(configuration, None if options.overwrite else read_manifest(configuration.folder))
        if options.overwrite:
            remove_run(configuration.folder)
        say(_headline(configuration, str(plan.device)))
        width = max(len(planned.cell.address) for planned in plan.cells)
        for suite, reason in configuration.left_out.items():
            say(f"  {suite:<{width}} {'left out':<9} {reason}")
        for outcome in run(plan, options.line, silent if options.quiet else bar):
            complete &= outcome.complete
            say(f"  {outcome.address:<{width}} {outcome.state:<9} {outcome.remark}")
        for problem in write_tables(configuration.folder):
            _warn(problem)
        report = write_report(configuration.folder, configuration.reports / configuration.name)
    _conclude(say, configuration.folder, report)
    say(f"done in {render_duration(time.perf_counter() - begun)}")
    return FINISHED if complete else INCOMPLETE


def _dry_run(configuration: Configuration, options: argparse.Namespace) -> int:
    from runbench.pipeline.estimate import estimate
    from runbench.pipeline.plan import make_plan
    from runbench.store.manifest import read_manifest

    plan = make_plan(configuration, None if options.overwrite else read_manifest(configuration.folder))
    print(_headline(configuration, str(plan.device)))
    for suite, reason in configuration.left_out.items():
        print(f"  {suite}: left out, {reason}")
    total = 0.0
    width = max(len(planned.cell.address) for planned in plan.cells)
    for part in estimate(plan):
        total += part.training + part.sweep
        print(f"  {part.address:<{width}} {part.remark:<36} about {render_duration(part.training + part.sweep)}")
    print(
        f"nothing was changed; all of it takes about {render_duration(total)}, and costs and report a little more"
    )
    return FINISHED


def _list(options: argparse.Namespace) -> int:
    broken = register_plugins(options.plugin)
    listings = [LISTINGS[title]() for title in ([options.what] if options.what else LISTINGS)]
    if options.json:
        rows = {listing.title: listing.rows for listing in listings}
        print(json.dumps({**rows, "broken plug-ins": broken}, indent=2))
        return FINISHED
    print("\n\n".join(map(str, listings)))
    for line in broken:
        _warn(line)
    return FINISHED


def _report(options: argparse.Namespace) -> int:
    folder = _stored_run(options.output, options.name)
    require_writable(options.reports)
    from runbench.analysis.tables import write_tables
    from runbench.report.writing import write_report

    for problem in write_tables(folder):
        _warn(problem)
    report = write_report(folder, options.reports / options.name)
    _conclude(_say_nothing if options.quiet else print, folder, report)
    return FINISHED


def _compare(options: argparse.Namespace) -> int:
    first, second = (_stored_run(options.output, name) for name in (options.first, options.second))
    require_writable(options.reports)
    from runbench.analysis.comparison.compared import compare_runs
    from runbench.report.comparison.terminal import render_comparison
    from runbench.report.comparison.writing import write_comparison

    say = _say_nothing if options.quiet else print
    compared = compare_runs(first, second)
    page = write_comparison(compared, options.reports / f"compare-{options.first}-{options.second}")
    say(f"{render_comparison(compared)}\n")
    say(f"tables  {page.parent / 'tables'}")
    say(f"report  {page}")
    return FINISHED


def _claims(options: argparse.Namespace) -> int:
    claims = claims_numbered(options.claims or CLAIMS)
    say = _say_nothing if options.quiet else print
    if options.run:
        return _run_claims(claims, options)
    if options.name is None:
        say(render_statements(claims))
    else:
        say(_verdicts(_stored_run(options.output, options.name), claims))
    return FINISHED


def _run_claims(claims: Sequence[Claim], options: argparse.Namespace) -> int:
    """Run what claims need, each suite with its own models alone, and show the verdicts."""
    models_of = needed(claims)
    options.suite = list(models_of)
    options.models = [model for models in models_of.values() for model in models]
    name, options.name = options.name, options.name or "claims"
    configuration, broken = configuration_of(options)
    name = name or f"claims-{configuration.dataset.name}-{configuration.preset}"
    configuration = replace(configuration, name=name, models_of=models_of)
    code = _carry_out(configuration, broken, options)
    if not options.dry_run and not options.quiet:
        print(f"\n{_verdicts(configuration.folder, claims)}")
    return code


def _verdicts(folder: Path, claims: Sequence[Claim]) -> str:
    """Return a stored run's verdicts on claims; those of a run that an earlier version made are decided first."""
    from runbench.analysis.claims.table import CLAIMS_FILE, read_claims
    from runbench.analysis.tables import write_tables

    if not (folder / CLAIMS_FILE).exists():
        for problem in write_tables(folder):
            _warn(problem)
    if not (folder / CLAIMS_FILE).exists():
        raise UsageError(
            f"{folder} was stored without its rows per image, by which claims are decided; run it again"
        )
    table = read_claims(folder)
    return render_verdicts(table[table["claim"].isin([claim.number for claim in claims])])


def _stored_run(output: Path, name: str) -> Path:
    """Return a stored run's folder; raise UsageError, naming the runs there are, for one that is not there."""
    folder = output / run_name(name)
    if not (folder / MANIFEST).is_file():
        there = sorted(path.parent.name for path in output.glob(f"*/{MANIFEST}"))
        raise UsageError(f"there is no run {name!r} in {output}; there are: {', '.join(there) or 'none'}")
    return folder


def _clean(options: argparse.Namespace) -> int:
    say = _say_nothing if options.quiet else print
    unused = unused_checkpoints(options.output)
    size = sum(file.stat().st_size for file in unused)
    for file in unused:
        file.unlink()
        say(f"removed {file}")
    say(f"{len(unused)} files removed, {size / 2**20:.1f} MiB")
    return FINISHED


def _selftest(options: argparse.Namespace) -> int:
    from runbench.progress import bar, silent
    from runbench.selftest import HEADING, render_chapter, render_wrong, selftest

    say = _say_nothing if options.quiet else print
    say(HEADING)
    count = 0
    wrong: list[str] = []
    for chapter in selftest(silent if options.quiet else bar):
        say(render_chapter(chapter))
        count += len(chapter.answers)
        wrong += [render_wrong(chapter, answer) for answer in chapter.answers if not answer.right]
    for line in wrong:
        _warn(line)
    say(f"{count - len(wrong)} of {count} answers are as they must be")
    return INCOMPLETE if wrong else FINISHED


COMMANDS: Mapping[str | None, Callable[[argparse.Namespace], int]] = {
    None: _run,
    "list": _list,
    "report": _report,
    "claims": _claims,
    "compare": _compare,
    "selftest": _selftest,
    "clean": _clean,
}


def _headline(configuration: Configuration, device: str) -> str:
    suites = ", ".join(suite.name for suite in configuration.suites)
    seeds = ", ".join(map(str, configuration.seeds))
    return (
        f"run {configuration.name}: {suites}; {len(configuration.models)} models, seed {seeds}; "
        f"{configuration.dataset.name}, preset {configuration.preset}, {device}, {configuration.threads} threads"
    )


def _conclude(say: Callable[[str], None], folder: Path, report: Path) -> None:
    """Show the summary, and the paths of what was written."""
    from runbench.store.records import read_csv

    summary = folder / "summary.csv"
    if summary.exists():
        say(f"\n{render_summary(read_csv(summary))}\n")
    say(f"tables  {folder}")
    say(f"report  {report}")


def _warn(line: str) -> None:
    print(f"run_bench.py: {line}", file=sys.stderr)


def _say_nothing(line: str) -> None:
    """Be quiet."""


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise SystemExit(TERMINATED)
