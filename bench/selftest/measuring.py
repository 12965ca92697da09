"""Take a network through the path of every model: evaluated, stored, read again and scored."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from runbench.analysis.scoring import score_cell
from runbench.data.loading import Dataset
from runbench.data.test_images import CPU, lay_out
from runbench.evaluation.evaluation import Evaluation, evaluate_cell
from runbench.experiment import Cell
from runbench.models.spec import ModelSpec
from runbench.progress import Progress
from runbench.store import tables
from runbench.suites import Suite

IMAGES = 300
"""How many test images the networks are shown."""

BATCH_SIZE = 100

Address = tuple[str, str | None, float | None]
"""A score or measure, its layer (None: the network) and its level (None: the sweep)."""


Found = Mapping[Address, tuple[float, ...]]
"""What came out: a value, or one for each dimension of a capsule."""


def measure(spec: ModelSpec, suite: Suite, dataset: Dataset, folder: Path, progress: Progress) -> Found:
    """Return everything that is stored and scored of an untrained network on the first images of `dataset`.

    Its tables are written to `folder`.
    """
    images = lay_out(suite, dataset.spec.name, dataset.test, IMAGES)
    channels, classes = dataset.test.images.shape[1], len(dataset.spec.classes)
    classifier = spec.build(channels, classes, (suite.canvas, suite.canvas), "standard").eval()
    cell = Cell(suite, spec, seed=0)
    evaluation = evaluate_cell(cell, classifier, dataset.spec, images, BATCH_SIZE, CPU, progress)
    found: dict[Address, tuple[float, ...]] = {}
    for address, value in (*_scores(evaluation, folder), *_features(evaluation, folder)):
        found[address] = (*found.get(address, ()), value)
    return found


def _scores(evaluation: Evaluation, folder: Path) -> Iterator[tuple[Address, float]]:
    """Yield the metrics of predictions that were written to `folder` and read again."""
    path = folder / "predictions.parquet"
    tables.write_predictions(path, evaluation.columns)
    scores = score_cell(tables.read_predictions(path), evaluation.cell.suite).table
    return _addressed(scores[scores["subset"] == "all"].assign(layer=None))


def _features(evaluation: Evaluation, folder: Path) -> Iterator[tuple[Address, float]]:
    """Yield the measures of features that were written to `folder` and read again."""
    path = folder / "features.parquet"
    tables.write_features(path, evaluation.rows)
    return _addressed(tables.read_features(path))


def _addressed(table: pd.DataFrame) -> Iterator[tuple[Address, float]]:
    for what, layer, level, value in table[["metric", "layer", "level", "value"]].itertuples(index=False):
        yield (str(what), _known(layer), _known(level)), float(value)


def _known(value: Any) -> Any:
    """Return a cell of a table; None where it is empty."""
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value
