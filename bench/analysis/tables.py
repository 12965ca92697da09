"""From a run's stored rows to its tables: metrics, summary, comparisons and claims. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import pandas as pd

from runbench.analysis.claims.decide import decide
from runbench.analysis.claims.definitions import CLAIMS, needed
from runbench.analysis.claims.evidence import levels_wanted
from runbench.analysis.paired import compare_models
from runbench.analysis.relative import with_relative
from runbench.analysis.scoring import metrics_table, score_cell
from runbench.analysis.summary import summarise
from runbench.errors import DamagedFileError
from runbench.metrics.registry import load_metrics
from runbench.store import contents, schemas
from runbench.store.manifest import note_files
from runbench.store.run import StoredRun
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class Tables:
    """The tables of a run, and a line for each file that is damaged."""

    metrics: pd.DataFrame
    summary: pd.DataFrame
    comparisons: pd.DataFrame
    claims: pd.DataFrame
    problems: tuple[str, ...]


def analyse(run: StoredRun) -> Tables:
    """Derive the tables of a run from its rows per image; a run stored without them keeps those that it has.

    Each cell is scored once, and its rows are let go before the next cell's are read.
    """
    done = [address for address, cell in run.cells.items() if cell.get("state") == "done"]
    problems = list(load_metrics())
    wanted = levels_wanted(CLAIMS.values())
    scored = with_relative(
        score_cell(rows, suite, wanted.get((suite.name, str(rows["model"].iloc[0])), ()))
        for suite, rows in _cells(run, done, problems)
    )
    if not scored:
        return Tables(run.metrics, run.summary, run.comparisons, run.claims, tuple(problems))
    metrics = metrics_table(scored)
    features = _features_for_claims(run, done, problems)
    return Tables(
        metrics=metrics,
        summary=summarise(metrics, run.costs, scored),
        comparisons=compare_models(scored),
        claims=decide(scored, features, run.costs),
        problems=tuple(problems),
    )


def _cells(run: StoredRun, addresses: list[str], problems: list[str]) -> Iterator[tuple[Suite, pd.DataFrame]]:
    """Read one cell's rows after the other, and note each that is damaged; nothing where none are stored."""
    if not any(run.files.predictions(address).exists() for address in addresses):
        return
    for address in addresses:
        try:
            rows = contents.read_predictions(run.files, address)
        except DamagedFileError as damage:
            problems.append(str(damage))
        else:
            yield run.suites[str(rows["suite"].iloc[0])], rows


def refresh(run: StoredRun) -> tuple[StoredRun, tuple[str, ...]]:
    """Derive a run's tables anew, store them, and return the run with them and a line for each damaged file.

    A run that an earlier version stored is left as it lies.
    """
    made = analyse(run)
    if made.metrics is run.metrics:
        return run, made.problems
    noted = {} if run.migrated else contents.put_tables(run.files, made)
    note_files(run.files, noted)
    return run.with_tables(made, noted), made.problems


def _features_for_claims(run: StoredRun, addresses: list[str], problems: list[str]) -> pd.DataFrame:
    """Read the metrics of features of the cells that claims need, and note what is damaged."""
    cells = {f"{suite}/{model}" for suite, models in needed(CLAIMS.values()).items() for model in models}
    frames = []
    for address in addresses:
        # A version that did not measure features left no such file, and lacks nothing
        if address.rpartition("-seed")[0] in cells and run.files.features(address).exists():
            try:
                frames.append(contents.read_features(run.files, address))
            except DamagedFileError as damage:
                problems.append(str(damage))
    return pd.concat(frames or [schemas.empty(schemas.FEATURES)], ignore_index=True)
