"""From stored rows to a run's tables: metrics, summary, comparisons and claims. No torch."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from runbench.analysis.claims.decide import decide
from runbench.analysis.claims.definitions import CLAIMS, needed
from runbench.analysis.claims.table import CLAIMS_FILE
from runbench.analysis.paired import compare_models
from runbench.analysis.summary import summarise
from runbench.analysis.table import score_predictions
from runbench.errors import DamagedFileError
from runbench.store import records
from runbench.store.manifest import read_manifest


def write_tables(folder: Path) -> list[str]:
    """Derive the tables of a run folder from its per-sample rows; return a line for each file that is damaged.

    A run that was stored without its per-sample rows keeps the tables that came with it.
    """
    try:
        manifest = read_manifest(folder) or {"cells": {}}
    except DamagedFileError as damage:
        return [str(damage)]
    paths = {
        folder / "predictions" / f"{address}.parquet": state
        for address, state in manifest["cells"].items()
        if state["state"] == "done"
    }
    if not any(path.exists() for path in paths):
        return []
    frames, problems = [], []
    for path, state in paths.items():
        try:
            if not path.exists():
                raise DamagedFileError(f"{path} is gone")
            if records.sha256(path) != state["sha256"]:
                raise DamagedFileError(f"{path} is not the file that was written")
            frames.append(records.read_predictions(path))
        except DamagedFileError as damage:
            problems.append(f"{damage}; run the same command again to make it anew")
    metrics_path = folder / "metrics.csv"
    if frames:
        predictions = pd.concat(frames, ignore_index=True)
        metrics = score_predictions(predictions)
        records.write_csv(metrics_path, metrics)
        records.write_csv(folder / "summary.csv", summarise(metrics, read_costs(folder), predictions))
        records.write_csv(folder / "comparisons.csv", compare_models(predictions))
        responses, damaged = _responses_for_claims(folder, manifest)
        problems += damaged
        records.write_csv(folder / CLAIMS_FILE, decide(predictions, responses, read_costs(folder)))
    return problems


def _responses_for_claims(folder: Path, manifest: Mapping[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Read the measures of features of the cells that claims need, and say which files are damaged."""
    cells = {f"{suite}/{model}" for suite, models in needed(CLAIMS.values()).items() for model in models}
    frames, problems = [pd.DataFrame(columns=records.RESPONSES.names)], []
    for address, state in manifest["cells"].items():
        path = folder / "responses" / f"{address}.parquet"
        # A version that did not measure features left no such file, and lacks nothing
        if state["state"] != "done" or address.rpartition("-seed")[0] not in cells or not path.exists():
            continue
        try:
            frames.append(records.read_responses(path))
        except DamagedFileError as damage:
            problems.append(f"{damage}; run the same command again to make it anew")
    return pd.concat(frames[1:] or frames, ignore_index=True), problems


def read_costs(folder: Path) -> pd.DataFrame:
    """Return a run's costs, an empty table where there are none yet."""
    return _read_or_empty(folder / "costs.csv", records.COSTS_COLUMNS)


def replace_rows(path: Path, columns: tuple[str, ...], address: Mapping[str, object], rows: pd.DataFrame) -> None:
    """Put `rows` in the place of those that a CSV table holds under the same `address`, values by column."""
    stored = _read_or_empty(path, columns)
    same = pd.Series(data=True, index=stored.index)
    for column, value in address.items():
        same &= stored[column] == value
    frames = [frame for frame in (stored[~same], rows) if len(frame)] or [stored[:0]]
    records.write_csv(path, pd.concat(frames, ignore_index=True)[list(columns)])


def _read_or_empty(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the table at `path`; an empty one where it is not there, or damaged."""
    empty = pd.DataFrame(columns=list(columns))
    try:
        table = records.read_csv(path) if path.exists() else empty
    except DamagedFileError:
        return empty
    return table if set(columns) <= set(table.columns) else empty
