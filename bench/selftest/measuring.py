"""Take a network through the path of every model: sweep, stored tables, scores and measures of features."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from runbench.analysis.scoring import score_cell
from runbench.data.loading import Dataset
from runbench.evaluation.features.sweep import measure_responses
from runbench.evaluation.predictions import prediction_columns
from runbench.evaluation.sweep import CPU, TestImages, attained_levels, lay_out, sweep
from runbench.experiment import Cell
from runbench.models.base import Classifier
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
    title = f"selftest: {cell.address}"
    scores = _scores(cell, classifier, images, dataset, folder / "predictions.parquet", progress, title)
    responses = _responses(cell, classifier, images, folder / "responses.parquet", progress, title)
    found: dict[Address, tuple[float, ...]] = {}
    for address, value in (*_addressed(scores, "metric"), *_addressed(responses, "metric")):
        found[address] = (*found.get(address, ()), value)
    return found


def _scores(
    cell: Cell,
    classifier: Classifier,
    images: TestImages,
    dataset: Dataset,
    path: Path,
    progress: Progress,
    title: str,
) -> pd.DataFrame:
    """Return the scores of predictions that were written to `path` and read again."""
    classes = len(dataset.spec.classes)
    probabilities = sweep(classifier, images, classes, BATCH_SIZE, CPU, progress, title)
    columns = prediction_columns(cell, dataset.spec, images.labels, probabilities, attained_levels(images))
    tables.write_predictions(path, columns)
    scores = score_cell(tables.read_predictions(path), cell.suite).table
    return scores[scores["subset"] == "all"].assign(layer=None)


def _responses(
    cell: Cell, classifier: Classifier, images: TestImages, path: Path, progress: Progress, title: str
) -> pd.DataFrame:
    """Return the measures of features that were written to `path` and read again."""
    rows = measure_responses(classifier, cell.model.layers, images, CPU, progress, title)
    address = {
        "suite": cell.suite.name,
        "task": cell.suite.task.name,
        "model": cell.model.name,
        "architecture": cell.model.architecture,
        "regime": cell.model.regime,
        "seed": cell.seed,
    }
    tables.write_features(path, [address | row for row in rows])
    return tables.read_features(path)


def _addressed(table: pd.DataFrame, column: str) -> Iterator[tuple[Address, float]]:
    for what, layer, level, value in table[[column, "layer", "level", "value"]].itertuples(index=False):
        yield (str(what), _known(layer), _known(level)), float(value)


def _known(value: Any) -> Any:
    """Return a cell of a table; None where it is empty."""
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value
