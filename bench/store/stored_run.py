"""Read a run folder as far as it goes, and say what is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from runbench.analysis.paired import no_comparisons
from runbench.analysis.summary import summarise
from runbench.errors import DamagedFileError
from runbench.report.claims import no_claims, read_stored_claims
from runbench.store import records
from runbench.store.features import no_responses, read_responses
from runbench.store.introspection import Portrait, portrait_of
from runbench.suites import Suite

Manifest = dict[str, Any]
Array = npt.NDArray[Any]

NAMES = ("suite", "model", "architecture", "regime")
NUMBERS = (
    "seed", "level", "epoch", "value", "low", "high", "count", "seeds", "mean_accuracy",
    "difference", "seed_sd", "p_holm", "separated", "resolvable",
)  # fmt: skip
SUMMARY_NEEDS = (*NAMES, "seeds", "count", "mean_accuracy")
"""Columns without which a summary says nothing."""

_ANSWERS = re.compile(r"(?P<model>.+)-seed(?P<seed>\d+)")


@dataclass(frozen=True)
class StoredRun:
    """Hold what a run folder stores; a table that is not there is empty, and `missing` says so."""

    folder: Path
    manifest: Manifest
    metrics: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    history: pd.DataFrame
    missing: tuple[str, ...]
    responses: pd.DataFrame = field(default_factory=no_responses)
    comparisons: pd.DataFrame = field(default_factory=no_comparisons)
    claims: pd.DataFrame = field(default_factory=no_claims)

    @property
    def name(self) -> str:
        """Return the run's name: the manifest's, else the folder's."""
        return str(self.manifest.get("name") or self.folder.name)

    @property
    def suites(self) -> list[str]:
        """Return the names of the suites that have numbers, a training history or a cell, in that order."""
        addressed = [str(cell).split("/")[0] for cell in self.cells]
        tables = (self.metrics, self.summary, self.history, self.responses)
        stored = pd.concat([table["suite"] for table in tables])
        return list(dict.fromkeys([*stored.unique(), *addressed]))

    @property
    def models(self) -> pd.DataFrame:
        """Return suite, model, architecture and regime of all models that any table names, a row each."""
        address = ["suite", "model", "architecture", "regime"]
        stored = (self.metrics, self.summary, self.history, self.costs, self.responses)
        tables = [table[address] for table in stored]
        named = [table.drop_duplicates() for table in tables if len(table)]
        return pd.concat(named or [tables[0]], ignore_index=True).drop_duplicates(["suite", "model"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the dataset's classes by number, as far as the manifest holds them."""
        data = self.manifest.get("data")
        named = data.get("classes") if isinstance(data, dict) else None
        return tuple(str(name) for name in named) if isinstance(named, list) else ()

    @property
    def cells(self) -> dict[str, dict[str, Any]]:
        """Return the manifest's cells, each with its state."""
        cells = self.manifest.get("cells")
        if not isinstance(cells, dict):
            return {}
        return {
            str(name): cell if isinstance(cell, dict) else {"state": str(cell)} for name, cell in cells.items()
        }


@dataclass(frozen=True)
class StoredGallery:
    """Hold sample images along a sweep and the models' answers.

    images (S, L, H, W) or (S, L, C, H, W), levels (L,), sample (S,), confidence (S, L); labels (S,) and predicted
    (S, L), of pairs (S, 2) and (S, L, 2). `portraits` are what the models' files show of their inside, `faults`
    what of it is left out and why, by model.
    """

    images: Array
    levels: Array
    sample: Array
    labels: Array
    predicted: dict[str, Array]
    confidence: dict[str, Array]
    portraits: dict[str, Portrait] = field(default_factory=dict)
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_run(folder: Path) -> StoredRun:
    """Read the tables and the manifest of a run folder; what is absent or damaged is named in `missing`."""
    missing: list[str] = []
    metrics = _table(folder / "metrics.csv", records.METRICS_COLUMNS, missing)
    costs = _table(folder / "costs.csv", records.COSTS_COLUMNS, missing)
    history = _table(folder / "history.csv", records.HISTORY_COLUMNS, missing)
    return StoredRun(
        folder=folder,
        manifest=_manifest(folder, missing),
        metrics=metrics,
        summary=_summary(folder / "summary.csv", metrics, costs, missing),
        costs=costs,
        history=history,
        responses=read_responses(folder, missing),
        comparisons=_comparisons(folder / "comparisons.csv", missing),
        claims=read_stored_claims(folder, missing),
        missing=tuple(missing),
    )


def read_gallery(folder: Path, suite: str, models: list[str]) -> StoredGallery | None:
    """Read a suite's sample images and each model's answers, lowest seed first; None without images.

    `models` gives the order. Raises DamagedFileError for a cut file or arrays that do not belong together.
    """
    place = folder / "gallery" / suite
    if not (place / "samples.npz").exists():
        return None
    samples = _arrays(place / "samples.npz", ("images", "levels", "sample", "labels"))
    shape = samples["images"].shape[:2]
    found: dict[str, tuple[int, Path]] = {}
    for path in sorted(place.glob("*-seed*.npz")):
        matched = _ANSWERS.fullmatch(path.stem)
        if matched:
            answer = (int(matched["seed"]), path)
            found[matched["model"]] = min(answer, found.get(matched["model"], answer))
    ordered = sorted(found, key=lambda name: (models.index(name) if name in models else len(models), name))
    answers = {name: _arrays(found[name][1], ("predicted", "confidence")) for name in ordered}
    labels = samples["labels"].shape
    odd = [name for name, arrays in answers.items() if arrays["predicted"].shape != (*shape, *labels[1:])]
    if odd or samples["levels"].shape != shape[1:] or labels not in (shape[:1], (*shape[:1], 2)):
        raise DamagedFileError(f"{place} holds arrays of unequal shapes")
    sizes = {"S": shape[0], "L": shape[1], "k": (*labels, 1)[1]}
    read = {name: portrait_of(arrays, sizes) for name, arrays in answers.items()}
    return StoredGallery(
        images=samples["images"],
        levels=samples["levels"].astype(np.float64),
        sample=samples["sample"],
        labels=samples["labels"],
        predicted={name: arrays["predicted"] for name, arrays in answers.items()},
        confidence={name: arrays["confidence"] for name, arrays in answers.items()},
        portraits={name: portrait for name, (portrait, _) in read.items()},
        faults={name: faults for name, (_, faults) in read.items() if faults},
    )


def unknown_suite(name: str) -> Suite:
    """Return a stand-in for a suite that this version does not have: its axis is a nameless level."""
    nowhere = float("nan")
    return Suite(
        name=name,
        question="",
        axis="level",
        unit="unknown unit",
        transform="",
        levels=(),
        identity=nowhere,
        training_range=(nowhere, nowhere),
        canvas=0,
        domain=(nowhere, nowhere),
    )


def _summary(path: Path, metrics: pd.DataFrame, costs: pd.DataFrame, missing: list[str]) -> pd.DataFrame:
    """Read the summary, or make it from the other tables where it is not there.

    A score that the version which wrote it did not have has a column without numbers.
    """
    if not path.exists():
        return summarise(metrics, costs)
    summary = _table(path, SUMMARY_NEEDS, missing)
    expected = summarise(metrics.head(0), costs.head(0)).columns
    return summary.reindex(columns=list(dict.fromkeys([*summary.columns, *expected])))


def _comparisons(path: Path, missing: list[str]) -> pd.DataFrame:
    """Read the pairs of models; a run of a version that did not compare them lacks nothing."""
    return _table(path, records.COMPARISONS_COLUMNS, missing) if path.exists() else no_comparisons()


def _table(path: Path, columns: tuple[str, ...], missing: list[str]) -> pd.DataFrame:
    empty = pd.DataFrame(columns=list(columns))
    if not path.exists():
        missing.append(f"{path.name} is not there.")
        return empty
    try:
        table = records.read_csv(path)
    except (OSError, ValueError) as error:
        missing.append(f"{path.name} cannot be read: {error}")
        return empty
    fault = _fault(table, columns)
    if fault:
        missing.append(f"{path.name} is left out: {fault}.")
        return empty
    return table.astype(dict.fromkeys(_names(columns), str))


def _fault(table: pd.DataFrame, columns: tuple[str, ...]) -> str:
    """Say what keeps a table from being used; empty if nothing does."""
    absent = [column for column in columns if column not in table]
    if absent:
        return f"it lacks the columns {', '.join(absent)}"
    if table[_names(columns)].isna().any(axis=None):
        return "a row does not say which suite and model it belongs to"
    # A table without a row has columns of no kind.
    numeric = [column for column in columns if column in NUMBERS and len(table)]
    wrong = [column for column in numeric if not pd.api.types.is_numeric_dtype(table[column])]
    return f"{', '.join(wrong)} should be numbers" if wrong else ""


def _names(columns: tuple[str, ...]) -> list[str]:
    return [column for column in columns if column in (*NAMES, "other")]


def _manifest(folder: Path, missing: list[str]) -> Manifest:
    path = folder / "manifest.json"
    if not path.exists():
        missing.append("manifest.json is not there.")
        return {}
    try:
        return records.read_json(path)
    except (OSError, DamagedFileError) as error:
        missing.append(f"manifest.json cannot be read: {error}")
        return {}


def _arrays(path: Path, names: tuple[str, ...]) -> dict[str, Array]:
    arrays = records.read_arrays(path)
    absent = [name for name in names if name not in arrays]
    if absent:
        raise DamagedFileError(f"{path} lacks {', '.join(absent)}")
    return arrays
