"""A run from its names to its stored tables. Imports torch only once nothing is refused any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Unpack

from runbench.pipeline.resolve import Settings, resolve
from runbench.progress import Progress, bar
from runbench.store.folders import require_writable

if TYPE_CHECKING:
    from runbench.pipeline.configuration import Configuration
    from runbench.pipeline.plan import Plan
    from runbench.pipeline.runner import Outcome
    from runbench.store.run import StoredRun


def _ignore(_: object) -> None:
    """Take no notice."""


def run(
    suites: str | Iterable[str],
    *,
    overwrite: bool = False,
    command: str | None = None,
    progress: Progress = bar,
    on_plan: Callable[[Plan], object] = _ignore,
    on_outcome: Callable[[Outcome], object] = _ignore,
    on_problem: Callable[[str], object] = _ignore,
    **settings: Unpack[Settings],
) -> StoredRun:
    """Train and measure models on suites, as far as that is not stored already, and return the stored run.

    `settings` are those of `resolve`: models, seeds, preset, dataset, data, name, output, device, precision,
    batch_size, limit, threads, levels, epochs, weights, plugins. The same call again measures nothing; more
    models, suites and seeds extend a run of the same name; `overwrite` replaces it. `command` is kept as what
    makes the run again. `on_plan` is called before the first cell, `on_outcome` with what became of each,
    `on_problem` with a line for each file that is damaged.

    Raises UsageError for names and numbers that make no sense, ConflictError where the folder is in use or holds
    another configuration, UnusableEnvironmentError for a device, data or disk that is not as it must be. A cell
    that fails is named in the manifest, and the others go on.
    """
    suites = [suites] if isinstance(suites, str) else list(suites)
    configuration = resolve(suites, **settings)
    require_writable(configuration.output)
    from runbench.analysis.tables import refresh
    from runbench.pipeline import runner
    from runbench.store.manifest import held, remove_run
    from runbench.store.run import open_run

    with held(configuration.folder):
        planned = _plan(configuration, overwrite=overwrite)
        if overwrite:
            remove_run(configuration.folder)
        on_plan(planned)
        for outcome in runner.run(planned, command or _call(suites, settings), progress):
            on_outcome(outcome)
        stored, problems = refresh(open_run(configuration.folder.path))
        for problem in problems:
            on_problem(problem)
    return stored


def plan(suites: str | Iterable[str], *, overwrite: bool = False, **settings: Unpack[Settings]) -> Plan:
    """Return what `run` would do, all of it checked; change nothing. Raises as `run`."""
    return _plan(resolve(suites, **settings), overwrite=overwrite)


def _plan(configuration: Configuration, *, overwrite: bool) -> Plan:
    from runbench.pipeline.plan import make_plan
    from runbench.store.manifest import read_manifest

    return make_plan(configuration, None if overwrite else read_manifest(configuration.folder))


def _call(suites: list[str], settings: Settings) -> str:
    """Return the call of Python that makes a run again."""
    named = (f"{name}={value!r}" for name, value in settings.items())
    return f"runbench.run({', '.join([repr(suites), *named])})"
