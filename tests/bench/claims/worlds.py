"""Runs in which it is known what every claim must come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench import records
from bench.suites import SUITES
from tests.bench.synthetic import CLASSES, cell_rows

IMAGES = 200

NO_COSTS = pd.DataFrame(columns=list(records.COSTS_COLUMNS))
NO_RESPONSES = pd.DataFrame(columns=records.RESPONSES.names)

Shares = Mapping[tuple[str, str], tuple[float, float]]
"""The share of images that a model gets right on a suite: at the identity, and at every other level."""


def cell(
    suite: str,
    model: str,
    shares: tuple[float, float],
    seed: int = 0,
    images: int = IMAGES,
    confidence: npt.NDArray[Any] | None = None,
    levels: tuple[float, ...] = (),
) -> pd.DataFrame:
    """Return a cell's predictions: the first images are right, up to the share; wrong answers are all alike."""
    swept = np.asarray(levels or SUITES[suite].levels)
    identity, elsewhere = shares
    wanted = np.where(swept == SUITES[suite].identity, identity, elsewhere)
    right = np.arange(images)[:, np.newaxis] < np.round(wanted * images)
    labels = np.arange(images) % CLASSES
    answers = np.where(right, labels[:, np.newaxis], (labels[:, np.newaxis] + 1) % CLASSES)
    if SUITES[suite].kind == "pairs":
        labels = np.stack([labels, (labels + 5) % CLASSES], axis=1)
        answers = np.stack([answers, np.broadcast_to(labels[:, 1:], answers.shape)], axis=2)
    return cell_rows(answers, labels, swept, suite, model, seed, confidence)


def predictions(shares: Shares, seeds: tuple[int, ...] = (0,)) -> pd.DataFrame:
    """Return the predictions of several cells, the same for every seed."""
    return pd.concat([cell(*pair, share, seed) for pair, share in shares.items() for seed in seeds])


def row(suite: str, model: str, measure: str, layer: str | None, value: float, **columns: Any) -> dict[str, Any]:
    """Return a row of a measure of features, known to a hundredth."""
    noise = np.random.default_rng(len(suite) + len(model)).normal(0, 0.01, 1000)
    own = {"suite": suite, "model": model, "measure": measure, "layer": layer, "value": value, "seed": 0}
    bounds = {"low": value - 0.02, "high": value + 0.02, "count": 64}
    return own | bounds | {"resamples": np.concatenate([[value], value + noise])} | columns


def responses(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows of measures of features as a table, as `read_responses` does."""
    return pd.DataFrame(list(rows), columns=records.RESPONSES.names)
