"""Write and read what a run's files hold. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from runbench.errors import DamagedFileError
from runbench.store import files, migration, schemas, tables
from runbench.store.run_folder import RunFolder

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
    return _checksums(folder, folder.of_cell(address))


def put_samples(folder: RunFolder, suite: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a suite's sample images."""
    files.write_arrays(folder.samples(suite), **arrays)


def put_rows(
    folder: RunFolder, name: str, schema: pa.Schema, address: Mapping[str, object], rows: pd.DataFrame
) -> None:
    """Put rows in the place of those that a small table holds under the same address, values by column."""
    stored = read_rows(folder, name, schema)
    same = pd.Series(data=True, index=stored.index)
    for column, value in address.items():
        same &= stored[column] == value
    frames = [frame for frame in (stored[~same], rows) if len(frame)] or [stored[:0]]
    files.write_csv(folder.table(name), pd.concat(frames, ignore_index=True)[schema.names])


def put_tables(folder: RunFolder, made: Tables) -> None:
    """Write the tables that follow from a run's rows."""
    tables.write_metrics(folder.metrics, made.metrics)
    for name, table in (("summary", made.summary), ("comparisons", made.comparisons), ("claims", made.claims)):
        files.write_csv(folder.table(name), table)


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
    return all(path.exists() for path in paths) and _checksums(folder, paths) == checksums


def read_predictions(folder: RunFolder, address: str, checksums: Mapping[str, str]) -> pd.DataFrame:
    """Read a cell's rows per image; raise DamagedFileError where they are gone or not what was written."""
    path = _checked(folder, folder.predictions(address), checksums)
    return read_table(folder, path, schemas.PREDICTIONS)


def read_features(folder: RunFolder, address: str, checksums: Mapping[str, str]) -> pd.DataFrame:
    """Read a cell's measures of features; raise DamagedFileError where they are not what was written."""
    return read_table(folder, _checked(folder, folder.features(address), checksums), schemas.FEATURES)


def _checked(folder: RunFolder, path: Path, checksums: Mapping[str, str]) -> Path:
    if not path.exists():
        raise DamagedFileError(f"{path} is gone")
    expected = checksums.get(folder.name(path))
    # Without a manifest nothing is known against a file
    if expected is not None and files.sha256(path) != expected:
        raise DamagedFileError(f"{path} is not the file that was written")
    return path


def _checksums(folder: RunFolder, paths: Iterable[Path]) -> dict[str, str]:
    return {folder.name(path): files.sha256(path) for path in paths}


def read_all_features(folder: RunFolder) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the measures of features of all cells, without their resamples, and say what is left out.

    A run that stores none lacks nothing.
    """
    parts, problems = [no_features()], []
    for path in folder.all_features():
        try:
            part = read_table(folder, path, schemas.FEATURES).drop(columns="resamples").astype(parts[0].dtypes)
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
