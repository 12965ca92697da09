"""Read what a run folder stores of measures of features."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from runbench.errors import DamagedFileError
from runbench.store import records

ADDRESS = ["suite", "model", "architecture", "regime", "metric"]
"""What every row must name."""


def read_responses(folder: Path, missing: list[str]) -> pd.DataFrame:
    """Read the measures of features of all cells, without their resamples; what is damaged goes into `missing`.

    A run of a version that did not measure features has none, and lacks nothing.
    """
    parts = [no_responses()]
    for path in sorted((folder / "responses").glob("*/*.parquet")):
        try:
            part = records.read_responses(path).drop(columns="resamples").astype(parts[0].dtypes)
        except DamagedFileError as damage:
            missing.append(f"Measures of features are left out: {damage}")
            continue
        if part[ADDRESS].isna().any(axis=None):
            missing.append(f"Measures of features are left out: a row of {path} does not say what it is of.")
        else:
            parts.append(part)
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def no_responses() -> pd.DataFrame:
    """Return the table without rows: names as they are, all else as numbers."""
    kinds = {field.name: object if pa.types.is_dictionary(field.type) else float for field in records.RESPONSES}
    return pd.DataFrame(columns=list(kinds)).astype(kinds).drop(columns="resamples")
