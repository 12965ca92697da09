"""The tables' columns, and how files appear whole or not at all. No torch.

A table is long: a number's address is in its columns. Predictions are Parquet, everything small is CSV.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from runbench.errors import DamagedFileError

PREDICTIONS = pa.schema(
    [
        ("suite", pa.dictionary(pa.int16(), pa.string())),
        ("task", pa.dictionary(pa.int16(), pa.string())),
        ("model", pa.dictionary(pa.int16(), pa.string())),
        ("architecture", pa.dictionary(pa.int16(), pa.string())),
        ("regime", pa.dictionary(pa.int16(), pa.string())),
        ("seed", pa.int64()),
        ("level", pa.float64()),
        ("attained", pa.float32()),
        ("sample", pa.int32()),
        ("label", pa.int16()),
        ("label_2", pa.int16()),
        ("predicted", pa.int16()),
        ("predicted_2", pa.int16()),
        ("probabilities", pa.list_(pa.float32())),
        ("confidence", pa.float32()),
        ("correct", pa.bool_()),
        ("finite", pa.bool_()),
        ("ambiguous", pa.bool_()),
        ("in_range", pa.bool_()),
    ]
)
"""One row per sample and level; the second label and prediction are null for single objects.

`attained` is the level that the image really has where whole pixels or tiles cannot meet `level`, for pairs the
share of the smaller bounding box that is covered; null where `level` is met exactly.
"""

RESPONSES = pa.schema(
    [
        ("suite", pa.dictionary(pa.int16(), pa.string())),
        ("task", pa.dictionary(pa.int16(), pa.string())),
        ("model", pa.dictionary(pa.int16(), pa.string())),
        ("architecture", pa.dictionary(pa.int16(), pa.string())),
        ("regime", pa.dictionary(pa.int16(), pa.string())),
        ("seed", pa.int64()),
        ("level", pa.float64()),
        ("layer", pa.dictionary(pa.int16(), pa.string())),
        ("dimension", pa.int16()),
        ("metric", pa.dictionary(pa.int16(), pa.string())),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("floor", pa.float64()),
        ("count", pa.int32()),
        ("resamples", pa.list_(pa.float32())),
    ]
)
"""One measure of features per row, layers in the order in which an image passes them.

`level` is null for measures of the whole sweep, `layer` for those of the whole network, `dimension` but for those
of one dimension of a capsule, `floor` where the measure has none. low and high bound 95% over images. `resamples`,
for measures that are compared between models, are the value and its values on the bootstrap's resamples.
"""

CELL_COLUMNS = ("suite", "task", "model", "architecture", "regime", "seed")

METRICS_COLUMNS = (*CELL_COLUMNS, "level", "subset", "metric", "value", "low", "high", "count")
"""One score per row; `level` is null for aggregates over the sweep; low and high bound 95%."""

COMPARISONS_COLUMNS = (
    "suite", "task", "model", "other", "seed", "level", "metric", "difference", "low", "high", "seed_sd",
    "only_model", "only_other", "p_value", "p_holm", "separated", "resolvable", "seeds", "count",
)  # fmt: skip
"""Two models on the same images per row, `difference` being model minus other; low and high bound 95%.

`level` is null for the score of the sweep, `seed` for all seeds pooled. `only_model` and `only_other` count the
images that are right for one alone, `seed_sd` is the standard deviation of the difference over seeds, `resolvable`
the smallest difference that so many images resolve; null where they do not apply.
"""

CLAIMS_COLUMNS = (
    "claim", "part", "statement", "decided_by", "margin", "direction", "effect", "low", "high", "unit",
    "seeds", "count", "verdict", "claim_verdict", "note",
)  # fmt: skip
"""One quantity that decides a claim per row; margin, effect and its 95% interval, low to high, are in `unit`.

`verdict` is that of the part, `claim_verdict` that of all of the claim's parts together; effect and interval are
null where it is "not tested".
"""

COSTS_COLUMNS = (
    "suite", "model", "architecture", "regime", "device", "precision", "threads", "batch_size",
    "metric", "unit", "value", "low", "high", "count",
)  # fmt: skip
"""One cost per row; low and high are the 5th and 95th percentile of `count` timed batches, null if counted."""

HISTORY_COLUMNS = ("suite", "model", "architecture", "regime", "seed", "epoch", "metric", "value")
"""How training went: a measure per row and epoch."""


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` that takes its place when the block ends without an error.

    The file and its folder are synced, so after a crash the old or the new content is there, whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False) as file:
        temporary = Path(file.name)
        try:
            yield cast("IO[bytes]", file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    temporary.chmod(0o644)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sweep_temporaries(folder: Path) -> None:
    """Remove what a killed writer left under `folder`."""
    for leftover in folder.rglob(".*.part"):
        leftover.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    with atomic_file(path) as file:
        file.write(text.encode())


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON atomically, indented."""
    write_text(path, json.dumps(value, indent=2, sort_keys=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; raise DamagedFileError where there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFileError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DamagedFileError(f"{path} holds no JSON object")
    return value


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as CSV atomically; numbers keep nine significant digits."""
    write_text(path, frame.to_csv(index=False, float_format="%.9g", lineterminator="\n"))


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table that `write_csv` wrote; only an empty field is missing. Raises DamagedFileError otherwise."""
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    except ValueError as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error


PredictionColumns = Mapping[str, str | int | np.ndarray | None]
"""A value for each column of PREDICTIONS: an array with a row each, or one value for all rows."""


def write_predictions(path: Path, columns: PredictionColumns) -> None:
    """Write per-sample rows as Parquet, atomically; `probabilities` is (rows, K), `sample` has a value per row."""
    sample, probabilities = columns["sample"], columns["probabilities"]
    if not isinstance(sample, np.ndarray) or not isinstance(probabilities, np.ndarray):
        raise TypeError("sample and probabilities must be arrays")
    rows, classes = probabilities.shape
    lists = pa.ListArray.from_arrays(np.arange(rows + 1, dtype=np.int32) * classes, probabilities.reshape(-1))
    arrays = [
        lists if field.name == "probabilities" else _column(columns[field.name], rows, field.type)
        for field in PREDICTIONS
    ]
    with atomic_file(path) as file:
        pq.write_table(pa.Table.from_arrays(arrays, schema=PREDICTIONS), file, compression="zstd")


def _column(values: str | int | np.ndarray | None, rows: int, kind: pa.DataType) -> pa.Array:
    if isinstance(values, np.ndarray):
        return pa.array(values).cast(kind)
    return pa.repeat(pa.scalar(values), rows).cast(kind)


def read_predictions(path: Path) -> pd.DataFrame:
    """Read per-sample rows; raise DamagedFileError for a cut file or one of another schema."""
    return _read_table(path, PREDICTIONS)


def _read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
    if table.schema.names != schema.names:
        raise DamagedFileError(f"{path} has other columns than this version writes")
    return cast("pd.DataFrame", table.to_pandas())


def write_responses(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write measures of features as Parquet, atomically; what a row does not name is null."""
    arrays = [pa.array([row.get(field.name) for row in rows]).cast(field.type) for field in RESPONSES]
    with atomic_file(path) as file:
        pq.write_table(pa.Table.from_arrays(arrays, schema=RESPONSES), file, compression="zstd")


def read_responses(path: Path) -> pd.DataFrame:
    """Read measures of features; raise DamagedFileError for a cut file or one of another schema."""
    return _read_table(path, RESPONSES)


def write_arrays(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as a compressed npz, atomically; its bytes depend on the content alone."""
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote; raise DamagedFileError where it is cut."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
