"""Runs that version 0.3 stored, read as if they were of today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from runbench.errors import DamagedFileError
from runbench.store.files import read_csv
from runbench.store.folders import CURRENT, Layout
from runbench.store.suites import described
from runbench.store.tables import as_typed
from runbench.suites import SUITES, Suite

FORMAT = 1
"""What a manifest of today says of itself under `format`."""

COLUMNS = {"score": "metric", "measure": "metric", "cost": "metric", "kind": "task"}
TASKS = {"single": "label", "pairs": "label-set"}
CHECKSUMS = {"sha256": "predictions/{}.parquet", "responses sha256": "responses/{}.parquet"}
"""The checksums that a cell had, and the files that they are of."""

OLD = Layout("responses", "gallery", "metrics.csv")

DONE = (
    "stored by version 0.3: its columns score, measure and cost are read as metric, kind as task",
    "its folders responses/ and gallery/ are read as features/ and introspection/",
    "its suites are described as this version knows them, at the levels that are stored",
)


def current(manifest: Mapping[str, Any]) -> tuple[dict[str, Any], Layout, tuple[str, ...]]:
    """Return a manifest as one of today, how the run's folder is laid out, and what was done, a line each.

    Nothing is done to one of today, nor where there is none.
    """
    if not manifest or manifest.get("format") == FORMAT:
        return dict(manifest), CURRENT, ()
    return _manifest(manifest), OLD, DONE


def with_suites(manifest: Mapping[str, Any], metrics: pd.DataFrame) -> dict[str, Any]:
    """Return a manifest with the fields of the suites that `metrics` name, at the levels that they have."""
    suites = {}
    for name, rows in metrics.groupby("suite", sort=False):
        suite = SUITES.get(str(name)) or nameless_suite(str(name))
        levels = tuple(sorted(float(level) for level in rows["level"].dropna().unique()))
        suites[str(name)] = described(replace(suite, levels=levels or suite.levels))
    return {**manifest, "suites": suites}


def nameless_suite(name: str) -> Suite:
    """Return a stand-in for a suite of which nothing is known: its axis is a nameless level."""
    return Suite(
        name=name,
        question="",
        axis="level",
        unit="unknown unit",
        transform="",
        levels=(),
        identity=float("nan"),
        training_range=(float("nan"), float("nan")),
        canvas=0,
        domain=(float("nan"), float("nan")),
    )


def _manifest(manifest: Mapping[str, Any]) -> dict[str, Any]:
    parts = {key: value for key, value in manifest.items() if key not in ("command", "draws", "cells")}
    readings = manifest.get("probabilities")
    cells = manifest.get("cells")
    made = {key: _snake(value) for key, value in parts.items()} | {
        "commands": [manifest["command"]] if manifest.get("command") else [],
        "test_images": manifest.get("draws", {}),
        "cells": {name: _cell(name, cell) for name, cell in cells.items()} if isinstance(cells, Mapping) else {},
    }
    if isinstance(readings, Mapping):
        made["probabilities"] = {TASKS.get(task, task): models for task, models in readings.items()}
    return made


def _cell(address: str, cell: Any) -> Any:
    if not isinstance(cell, Mapping):
        return cell
    checksums = {path.format(address): cell[name] for name, path in CHECKSUMS.items() if name in cell}
    kept = {key: value for key, value in cell.items() if key not in CHECKSUMS}
    return {key: _snake(value) for key, value in _snake(kept).items()} | {"files": checksums}


def _snake(value: Any) -> Any:
    """Return a part of a manifest with its own keys in snake case."""
    if not isinstance(value, Mapping):
        return value
    return {str(key).lower().replace(" ", "_").replace("-", "_"): item for key, item in value.items()}


def read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Read a table with the columns of version 0.3 as one of `schema`; raise DamagedFileError where it is none."""
    try:
        table = read_csv(path) if path.suffix == ".csv" else cast("pd.DataFrame", pq.read_table(path).to_pandas())
    except (OSError, pa.ArrowException) as error:
        raise DamagedFileError(f"{path} cannot be read: {error}") from error
    renamed = table.rename(columns={old: new for old, new in COLUMNS.items() if new not in table})
    if "task" in renamed:
        renamed["task"] = renamed["task"].astype(str).replace(TASKS)
    if path.suffix == ".csv":
        return as_typed(renamed, path, schema)
    if list(renamed.columns) != schema.names:
        raise DamagedFileError(f"{path} has other columns than version 0.3 wrote")
    return renamed
