"""Measures of features as a run folder stores them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from runbench.errors import DamagedFileError
from runbench.store.contents import read_table
from runbench.store.run_folder import RunFolder
from runbench.store.schemas import FEATURES

ADDRESS = ["suite", "model", "architecture", "regime", "metric"]
"""What every row must name."""


def read_all_features(folder: RunFolder) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the measures of features of all cells, without their resamples, and say what is left out.

    A run that stores none lacks nothing.
    """
    parts, problems = [no_features()], []
    for path in folder.all_features():
        try:
            part = read_table(folder, path, FEATURES).drop(columns="resamples").astype(parts[0].dtypes)
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
    kinds = {field.name: object if pa.types.is_dictionary(field.type) else float for field in FEATURES}
    return pd.DataFrame(columns=list(kinds)).astype(kinds).drop(columns="resamples")
