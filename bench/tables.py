"""From stored rows to a run's tables: metrics.csv and summary.csv. No torch."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bench import records
from bench.manifest import read_manifest
from bench.scores import score_predictions, summarise


def write_tables(folder: Path) -> list[str]:
    """Derive the tables of a run folder from its per-sample rows; return a line for each file that is damaged.

    A run that was stored without its per-sample rows keeps the metrics that came with it.
    """
    frames, problems = [], []
    for address, state in (read_manifest(folder) or {"cells": {}})["cells"].items():
        path = folder / "predictions" / f"{address}.parquet"
        if state["state"] != "done" or not path.exists():
            continue
        try:
            if records.sha256(path) != state["sha256"]:
                raise records.DamagedFileError(f"{path} is not the file that was written")
            frames.append(records.read_predictions(path))
        except records.DamagedFileError as damage:
            problems.append(f"{damage}; run the same command again to make it anew")
    metrics_path = folder / "metrics.csv"
    if frames:
        predictions = pd.concat(frames, ignore_index=True)
        metrics = score_predictions(predictions)
        records.write_csv(metrics_path, metrics)
        records.write_csv(folder / "summary.csv", summarise(metrics, read_costs(folder), predictions))
    return problems


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
    return records.read_csv(path) if path.exists() else pd.DataFrame(columns=list(columns))
