"""Write and read what a run's files hold. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from runbench.errors import DamagedFileError
from runbench.store import files, migration, schemas, sums, tables
from runbench.store.folders import RunFolder

ADDRESS = ["suite", "model", "architecture", "regime", "metric"]
"""What every row must name."""


class Tables(Protocol):
    """The tables that follow from a run's rows."""

    @property
    def metrics(self) -> pd.DataFrame:
        """Return a number per row: schemas.METRICS."""

    @property
    def summary(self) -> pd.DataFrame:
        """Return a suite and model per row: schemas.SUMMARY and further metrics."""

    @property
    def comparisons(self) -> pd.DataFrame:
        """Return two models per row: schemas.COMPARISONS."""

    @property
    def claims(self) -> pd.DataFrame:
        """Return a part of a claim per row: schemas.CLAIMS."""


def put_cell(
    folder: RunFolder,
    address: str,
    predictions: tables.PredictionColumns,
    features: Sequence[Mapping[str, Any]],
    introspection: Mapping[str, np.ndarray],
) -> dict[str, str]:
    """Write what was measured of a cell; return the sha256 of each file by its name within the run."""
    tables.write_features(folder.features(address), features)
    files.write_arrays(folder.introspection(address), **introspection)
    tables.write_predictions(folder.predictions(address), predictions)
    return sums.taken(folder, folder.of_cell(address))


def put_samples(folder: RunFolder, suite: str, arrays: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Write a suite's sample images; return the file's sum."""
    files.write_arrays(folder.samples(suite), **arrays)
    return sums.taken(folder, [folder.samples(suite)])


def put_rows(
    folder: RunFolder, name: str, schema: pa.Schema, address: Mapping[str, object], rows: pd.DataFrame
) -> dict[str, str]:
    """Put rows in the place of those of a small table with the same address, values by column; return its sum."""
    stored = read_rows(folder, name, schema)
    same = pd.Series(data=True, index=stored.index)
    for column, value in address.items():
        same &= stored[column] == value
    frames = [frame for frame in (stored[~same], rows) if len(frame)] or [stored[:0]]
    files.write_csv(folder.table(name), pd.concat(frames, ignore_index=True)[schema.names])
    return sums.taken(folder, [folder.table(name)])


def put_tables(folder: RunFolder, made: Tables) -> dict[str, str]:
    """Write the tables that follow from a run's rows; return the sums of their files."""
    tables.write_metrics(folder.metrics, made.metrics)
    for name, table in (("summary", made.summary), ("comparisons", made.comparisons), ("claims", made.claims)):
        files.write_csv(folder.table(name), table)
    return sums.taken(folder, folder.derived)


def read_rows(folder: RunFolder, name: str, schema: pa.Schema) -> pd.DataFrame:
    """Return a small table; an empty one where it is not there, or damaged."""
    path = folder.table(name)
    try:
        return read_table(folder, path, schema) if path.exists() else schemas.empty(schema)
    except DamagedFileError:
        return schemas.empty(schema)


def read_table(folder: RunFolder, path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Read a table of a run as one of `schema`, whichever version wrote it; raise DamagedFileError."""
    return (migration.read_table if folder.layout == migration.OLD else tables.read_table)(path, schema)


def is_whole(folder: RunFolder, address: str, checksums: Mapping[str, str]) -> bool:
    """Say whether a cell's files are all there and are what was written."""
    paths = folder.of_cell(address)
    return all(path.exists() for path in paths) and sums.taken(folder, paths) == checksums


def read_predictions(folder: RunFolder, address: str) -> pd.DataFrame:
    """Read a cell's rows per image; raise DamagedFileError where they are gone or not what was written."""
    return read_table(folder, sums.checked(folder, folder.predictions(address)), schemas.PREDICTIONS)


def read_features(folder: RunFolder, address: str) -> pd.DataFrame:
    """Read a cell's metrics of features; raise DamagedFileError where they are not what was written."""
    return read_table(folder, sums.checked(folder, folder.features(address)), schemas.FEATURES)


def read_all_features(folder: RunFolder) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the metrics of features of all cells, without their resamples, and say what is left out.

    A run that stores none lacks nothing.
    """
    parts, problems = [no_features()], []
    for path in folder.all_features():
        try:
            rows = read_table(folder, sums.checked(folder, path), schemas.FEATURES).drop(columns="resamples")
            part = rows.astype(parts[0].dtypes)
        except DamagedFileError as damage:
            problems.append(f"Measures of features are left out: {damage}")
            continue
        if part[ADDRESS].isna().any(axis=None):
            problems.append(f"Measures of features are left out: a row of {path} does not say what it is of.")
        else:
            parts.append(part)
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True), tuple(problems)


def no_features() -> pd.DataFrame:
    """Return the table without rows: names as they are, all else as numbers."""
    kinds = {field.name: object if pa.types.is_dictionary(field.type) else float for field in schemas.FEATURES}
    return pd.DataFrame(columns=list(kinds)).astype(kinds).drop(columns="resamples")
