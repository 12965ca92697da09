"""Tables in Parquet, each of its one schema: rows per image, metrics of features, metrics. No torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from runbench.errors import DamagedFileError
from runbench.store.files import atomic_file, read_csv
from runbench.store.schemas import FEATURES, METRICS, PREDICTIONS, fault

PredictionColumns = Mapping[str, str | int | np.ndarray | None]
"""A value for each column of PREDICTIONS: an array with a row each, or one value for all rows."""


def predictions_table(columns: PredictionColumns) -> pa.Table:
    """Return per-sample rows, PREDICTIONS; `probabilities` is (rows, K), `sample` has a value per row."""
    sample, probabilities = columns["sample"], columns["probabilities"]
    if not isinstance(sample, np.ndarray) or not isinstance(probabilities, np.ndarray):
        raise TypeError("sample and probabilities must be arrays")
    rows, classes = probabilities.shape
    lists = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32) * classes, probabilities.reshape(-1))
    arrays = [
        lists if field.name == "probabilities" else _column(columns[field.name], rows, field.type)
        for field in PREDICTIONS
    ]
    return pa.Table.from_arrays(arrays, schema=PREDICTIONS)


def features_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return metrics of features, FEATURES; what a row does not name is null."""
    arrays = [pa.array([row.get(field.name) for row in rows]).cast(field.type) for field in FEATURES]
    return pa.Table.from_arrays(arrays, schema=FEATURES)


def write_predictions(path: Path, columns: PredictionColumns) -> None:
    """Write per-sample rows as Parquet, atomically."""
    with atomic_file(path) as file:
        pq.write_table(predictions_table(columns), file, compression="zstd")


def _column(values: str | int | np.ndarray | None, rows: int, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray):
        return pa.array(values).cast(kind)
    return pa.repeat(pa.scalar(values), rows).cast(kind)


def write_features(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write metrics of features as Parquet, atomically."""
    with atomic_file(path) as file:
        pq.write_table(features_table(rows), file, compression="zstd")


def write_metrics(path: Path, metrics: pd.DataFrame) -> None:
    """Write metrics as Parquet, atomically."""
    table = pa.Table.from_pandas(metrics, schema=METRICS, preserve_index=False).replace_schema_metadata(None)
    with atomic_file(path) as file:
        pq.write_table(table, file, compression="zstd", compression_level=12)


def read_predictions(path: Path) -> pd.DataFrame:
    """Read rows per image; raise DamagedFileError for a cut file or one of another schema."""
    return read_table(path, PREDICTIONS)


def read_features(path: Path) -> pd.DataFrame:
    """Read metrics of features; raise DamagedFileError for a cut file or one of another schema."""
    return read_table(path, FEATURES)


def read_metrics(path: Path) -> pd.DataFrame:
    """Read metrics; raise DamagedFileError for a cut file or one of another schema."""
    return read_table(path, METRICS)


def read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Read a table of `schema` from Parquet, or from CSV by the file's name.

    Raises DamagedFileError for a cut file and for one of other columns or kinds of them.
    """
    if path.suffix == ".csv":
        return as_typed(read_csv(path), path, schema)
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
    if table.schema.names != schema.names:
        raise DamagedFileError(f"{path} has other columns than this version writes")
    return cast("pd.DataFrame", table.to_pandas())


def as_typed(table: pd.DataFrame, path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Return a table from CSV with its texts as texts; raise DamagedFileError for one of another schema."""
    wrong = fault(table, schema)
    if wrong:
        raise DamagedFileError(f"{path.name} is left out: {wrong}")
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    return (
        table.astype(dict.fromkeys(texts, object))
        .fillna(dict.fromkeys(texts, ""))
        .astype(dict.fromkeys(texts, str))
    )
