"""Evaluate a network as every model is evaluated, and find its numbers by their address."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from runbench.data.loading import Dataset
from runbench.data.test_images import CPU, lay_out
from runbench.evaluation.evaluation import evaluate_cell
from runbench.experiment import Cell
from runbench.models.spec import ModelSpec
from runbench.progress import Progress
from runbench.suites import Suite

IMAGES = 300
"""How many test images the networks are shown."""

BATCH_SIZE = 100

Address = tuple[str, str | None, float | None]
"""A metric, its layer (None: the network) and its level (None: the sweep)."""


Found = Mapping[Address, tuple[float, ...]]
"""What came out: a value, or one for each dimension of a capsule."""


def measure(spec: ModelSpec, suite: Suite, dataset: Dataset, progress: Progress) -> Found:
    """Return all metrics, of predictions and of features, of an untrained network on the first test images."""
    images = lay_out(suite, dataset.spec.name, dataset.test, IMAGES)
    channels, classes = dataset.test.images.shape[1], len(dataset.spec.classes)
    classifier = spec.build(channels, classes, (suite.canvas, suite.canvas), "standard").eval()
    evaluation = evaluate_cell(
        Cell(suite, spec, seed=0), classifier, dataset.spec, images, BATCH_SIZE, CPU, progress
    )
    scores = evaluation.scores
    found: dict[Address, tuple[float, ...]] = {}
    for table in (scores[scores["subset"] == "all"].assign(layer=None), evaluation.features):
        for address, value in _addressed(table):
            found[address] = (*found.get(address, ()), value)
    return found


def _addressed(table: pd.DataFrame) -> Iterator[tuple[Address, float]]:
    for what, layer, level, value in table[["metric", "layer", "level", "value"]].itertuples(index=False):
        yield (str(what), _known(layer), _known(level)), float(value)


def _known(value: Any) -> Any:
    """Return a cell of a table; None where it is empty."""
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value
