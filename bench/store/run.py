"""A stored run: its manifest and tables, as far as they go, and what is not there. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, final

import pandas as pd
import pyarrow as pa

from runbench.errors import DamagedFileError, UsageError
from runbench.store import contents, files, migration, schemas, sums
from runbench.store.contents import Tables
from runbench.store.folders import RunFolder
from runbench.store.samples import StoredSamples, read_samples
from runbench.store.suites import suite_of
from runbench.suites import SUITES, Suite

Manifest = dict[str, Any]

HEADLINE = ("mean_accuracy", "mean_accuracy_low", "mean_accuracy_high")
"""The columns of a summary that a notebook shows."""


@final
@dataclass(frozen=True, repr=False)
class StoredRun:
    """What a run folder stores; a table that is not there is empty, and `missing` says so.

    `migrated` says what was done to read a run that an earlier version stored.
    """

    files: RunFolder
    manifest: Manifest
    metrics: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    history: pd.DataFrame
    comparisons: pd.DataFrame
    claims: pd.DataFrame
    lacking: tuple[str, ...] = ()
    migrated: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Return where the run is stored."""
        return self.files.path

    @property
    def name(self) -> str:
        """Return the run's name: the manifest's, else the folder's."""
        return str(self.manifest.get("name") or self.folder.name)

    @property
    def missing(self) -> tuple[str, ...]:
        """Say what is absent or damaged, a line each."""
        return (*self.lacking, *self._features[1])

    @property
    def all_features(self) -> pd.DataFrame:
        """Return the metrics of features of all cells, without their resamples: schemas.FEATURES."""
        return self._features[0]

    @cached_property
    def _features(self) -> tuple[pd.DataFrame, tuple[str, ...]]:
        return contents.read_all_features(self.files)

    @cached_property
    def suites(self) -> Mapping[str, Suite]:
        """Return the suites that have numbers, a training history or a cell, as they were when it was run."""
        addressed = [str(cell).split("/")[0] for cell in self.cells]
        tables = (self.metrics, self.summary, self.history, self.all_features)
        stored = pd.concat([table["suite"] for table in tables])
        return {name: self._suite(name) for name in dict.fromkeys([*stored.unique(), *addressed])}

    @property
    def models(self) -> pd.DataFrame:
        """Return suite, model, architecture and regime of all models that any table names, a row each."""
        address = ["suite", "model", "architecture", "regime"]
        stored = (self.metrics, self.summary, self.history, self.costs, self.all_features)
        tables = [table[address] for table in stored]
        named = [table.drop_duplicates() for table in tables if len(table)]
        return pd.concat(named or [tables[0]], ignore_index=True).drop_duplicates(["suite", "model"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the dataset's classes by number, as far as the manifest holds them."""
        named = self.part("data").get("classes")
        return tuple(str(name) for name in named) if isinstance(named, list) else ()

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        """Return the manifest's cells by their address, each with its state."""
        cells = self.part("cells").items()
        return {str(name): cell if isinstance(cell, dict) else {"state": str(cell)} for name, cell in cells}

    def __repr__(self) -> str:
        """Say in a line what is stored."""
        states = [str(cell.get("state")) for cell in self.cells.values()]
        counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        return (
            f"StoredRun({str(self.folder)!r}: {', '.join(self.suites) or 'no suites'}; cells: {counts or 'none'})"
        )

    def _repr_html_(self) -> str:
        """Return the headline metric of every suite and model as a table, for a notebook."""
        problems = "".join(f"<p>{escape(line)}</p>" for line in (*self.migrated, *self.missing))
        shown = (
            self.summary[["suite", "model", "seeds", "count", *HEADLINE]] if len(self.summary) else self.summary
        )
        table = shown.to_html(index=False, float_format="{:.3f}".format)
        return f"<p>{escape(repr(self))}</p>{problems}{table}"

    def with_tables(self, made: Tables, noted: sums.Sums) -> StoredRun:
        """Return the run with tables that were made of its rows, and with the sums of their files."""
        names = tuple(path.name for path in self.files.derived)
        return replace(
            self,
            manifest={**self.manifest, **({"files": {**self.part("files"), **noted}} if noted else {})},
            metrics=made.metrics,
            summary=made.summary,
            comparisons=made.comparisons,
            claims=made.claims,
            lacking=tuple(line for line in self.lacking if not line.startswith(names)),
        )

    def part(self, name: str) -> Mapping[str, Any]:
        """Return a part of the manifest that has entries of its own, empty where there is none."""
        value = self.manifest.get(name)
        return value if isinstance(value, Mapping) else {}

    def predictions(self, suite: str, model: str, seed: int = 0) -> pd.DataFrame:
        """Return a cell's rows per image: schemas.PREDICTIONS.

        Raises UsageError where the run has no such cell, DamagedFileError where its rows are not stored.
        """
        return contents.read_predictions(self.files, self._cell(suite, model, seed))

    def features(self, suite: str, model: str, seed: int = 0) -> pd.DataFrame:
        """Return a cell's metrics of features, with their resamples: schemas.FEATURES. Raises as predictions."""
        return contents.read_features(self.files, self._cell(suite, model, seed))

    def samples(self, suite: str, models: list[str]) -> StoredSamples | None:
        """Return a suite's sample images with what the models, in this order, answer and show of themselves."""
        return read_samples(self.files, suite, models)

    def _cell(self, suite: str, model: str, seed: int) -> str:
        address = f"{suite}/{model}-seed{seed}"
        if self.cells.get(address, {}).get("state") != "done":
            done = [name for name, cell in self.cells.items() if cell.get("state") == "done"]
            raise UsageError(f"the run {self.name} has no cell {address}; it has {', '.join(done) or 'none'}")
        return address

    def _suite(self, name: str) -> Suite:
        try:
            return suite_of(name, self.part("suites").get(name))
        except DamagedFileError:
            return SUITES.get(name) or migration.nameless_suite(name)


def open_run(folder: str | Path) -> StoredRun:
    """Open a run folder as far as it goes; a run that version 0.3 stored is read as if it were of today.

    >>> run = open_run("results/reference")
    >>> run.summary[run.summary["suite"] == "rotation"].set_index("model")["mean_accuracy"].round(2)["augmented"]
    np.float64(0.96)

    Raises UsageError where there is no folder.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UsageError(f"there is no run in {path}")
    return read_run(path)


def read_run(path: Path) -> StoredRun:
    """Read the manifest and the tables of a run folder; what is absent or damaged is named in `missing`."""
    lacking: list[str] = []
    manifest, layout, migrated = migration.current(_manifest(path, lacking))
    folder = RunFolder(path, layout, sums.sums_of(manifest))

    def read(file: Path, schema: pa.Schema) -> pd.DataFrame:
        if not file.exists():
            lacking.append(f"{file.name} is not there.")
            return schemas.empty(schema)
        return read_there(file, schema)

    def read_there(file: Path, schema: pa.Schema) -> pd.DataFrame:
        if not file.exists():
            return schemas.empty(schema)
        try:
            return contents.read_table(folder, sums.checked(folder, file), schema)
        except (OSError, ValueError) as error:
            lacking.append(f"{str(error).removeprefix(f'{path}/').rstrip('.')}.")
            return schemas.empty(schema)

    metrics = read(folder.metrics, schemas.METRICS)
    return StoredRun(
        files=folder,
        costs=read(folder.table("costs"), schemas.COSTS),
        history=read(folder.table("history"), schemas.HISTORY),
        manifest=migration.with_suites(manifest, metrics) if migrated else manifest,
        metrics=metrics,
        summary=read_there(folder.table("summary"), schemas.SUMMARY),
        comparisons=read_there(folder.table("comparisons"), schemas.COMPARISONS),
        claims=read_there(folder.table("claims"), schemas.CLAIMS),
        lacking=tuple(lacking),
        migrated=migrated,
    )


def _manifest(folder: Path, lacking: list[str]) -> Manifest:
    path = RunFolder(folder).manifest
    if not path.exists():
        lacking.append(f"{path.name} is not there.")
        return {}
    try:
        return files.read_json(path)
    except (OSError, DamagedFileError) as error:
        lacking.append(f"{path.name} cannot be read: {error}")
        return {}
