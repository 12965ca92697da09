"""From a run's stored rows to its tables: metrics, summary, comparisons and claims. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import pandas as pd

from runbench.analysis.claims.decide import decide
from runbench.analysis.claims.definitions import CLAIMS, needed
from runbench.analysis.paired import compare_models
from runbench.analysis.summary import summarise
from runbench.analysis.table import score_predictions
from runbench.errors import DamagedFileError
from runbench.store import contents, schemas
from runbench.store.run import StoredRun


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
    """Derive the tables of a run from its rows per image.

    A run that was stored without them keeps the tables that came with it.
    """
    done = [address for address, cell in run.cells.items() if cell.get("state") == "done"]
    problems: list[str] = []
    frames = []
    if any(run.files.predictions(address).exists() for address in done):
        for address in done:
            try:
                frames.append(contents.read_predictions(run.files, address, run.checksums(address)))
            except DamagedFileError as damage:
                problems.append(f"{damage}; run the same command again to make it anew")
    if not frames:
        return Tables(run.metrics, run.summary, run.comparisons, run.claims, tuple(problems))
    predictions = pd.concat(frames, ignore_index=True)
    features = pd.concat([schemas.empty(schemas.FEATURES), *_features_for_claims(run, done, problems)][-1:])
    metrics = score_predictions(predictions, run.suites)
    return Tables(
        metrics=metrics,
        summary=summarise(metrics, run.costs, predictions, run.suites),
        comparisons=compare_models(predictions, run.suites),
        claims=decide(predictions, features, run.costs, suites=run.suites),
        problems=tuple(problems),
    )


def _features_for_claims(run: StoredRun, done: list[str], problems: list[str]) -> Iterator[pd.DataFrame]:
    """Yield the measures of features of the cells that claims need, together; note what is damaged."""
    cells = {f"{suite}/{model}" for suite, models in needed(CLAIMS.values()).items() for model in models}
    frames = []
    for address in done:
        # A version that did not measure features left no such file, and lacks nothing
        if address.rpartition("-seed")[0] in cells and run.files.features(address).exists():
            try:
                frames.append(contents.read_features(run.files, address, run.checksums(address)))
            except DamagedFileError as damage:
                problems.append(f"{damage}; run the same command again to make it anew")
    if frames:
        yield pd.concat(frames, ignore_index=True)
