"""What a gauge is: it reads one kind of measure off each batch and level as they pass, and keeps no features."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.evaluation.layers import Features, Layer
from runbench.models.base import Classifier
from runbench.statistics import Float64Array, bootstrap_weights, percentile_interval
from runbench.suites import Suite
from runbench.transforms.base import Transform
from runbench.transforms.lattice import Lattice

Row = dict[str, Any]
"""A row of schemas.FEATURES, without what is the same for all rows of a cell."""


@dataclass(frozen=True)
class Subject:
    """Hold what is measured: a model, its layers in the order of passing, and the test images that it is shown."""

    classifier: Classifier
    layers: tuple[Layer, ...]
    images: TestImages
    device: torch.device

    @property
    def suite(self) -> Suite:
        """Return the suite whose axis the images move along."""
        return self.images.suite

    @property
    def canvas(self) -> Lattice:
        """Return the lattice of the image."""
        return Lattice(self.suite.canvas, self.suite.canvas)

    @property
    def count(self) -> int:
        """Return how many images there are."""
        return len(self.images.scenes)


@dataclass(frozen=True)
class Batch:
    """Hold some images at the suite's identity: positions, objects (B, N, H, W), parameters and labels (B, k).

    `images` (B, C, H, W) are what the model sees of them there, `features` and `probabilities` what it answers.
    """

    positions: Tensor
    objects: Tensor
    parameters: Tensor
    labels: Tensor
    images: Tensor
    features: Features
    probabilities: Tensor

    def among_first(self, count: int) -> int:
        """Return how many of the images are among the first `count` of all."""
        return int((self.positions < count).sum())


@dataclass(frozen=True)
class View:
    """Hold the same images at one level, its number, and what the model answers there."""

    index: int
    transform: Transform
    images: Tensor
    features: Features
    probabilities: Tensor


class Gauge(ABC):
    """Read one kind of measure as batches and levels pass by, and give its rows in the end."""

    def meet(self, batch: Batch) -> None:  # noqa: B027 - most need nothing before the first level
        """Take note of a batch, before its levels."""

    @abstractmethod
    def read(self, batch: Batch, view: View) -> None:
        """Read one level of a batch; levels come in rising order."""

    def leave(self, batch: Batch) -> None:  # noqa: B027 - most need nothing behind the last level
        """Take leave of a batch, behind its last level."""

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Give the rows of everything read."""


def by_image(columns: Sequence[Sequence[Tensor]]) -> Float64Array:
    """Return values (n, L) that came batch by batch, and in each batch level by level, as tensors (B,)."""
    return torch.cat([torch.stack(list(levels), dim=1) for levels in columns]).double().cpu().numpy()


def ratio_rows(
    measure: str,
    layer: str | None,
    levels: Sequence[float],
    over: Float64Array,
    under: Float64Array,
    floor: Float64Array | None = None,
) -> Iterator[Row]:
    """Give a row per level: the sum over images of `over` (n, L) divided by that of `under` (n, L), with bounds.

    `floor` (n, L) is summed and divided alike; where it is not a number there is none. A level whose denominator
    is 0 has no row. Bounds are percentiles of the bootstrap over images.
    """
    weights = bootstrap_weights(len(over)).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        resamples = (weights @ over) / (weights @ under)
        floors = None if floor is None else floor.sum(axis=0) / under.sum(axis=0)
    for index, level in enumerate(levels):
        value = float(resamples[0, index])
        if not np.isfinite(value):
            continue
        low, high = percentile_interval(resamples[1:, index])
        row: Row = {"metric": measure, "layer": layer, "level": level, "value": value, "low": low, "high": high}
        if floors is not None and np.isfinite(floors[index]):
            row["floor"] = float(floors[index])
        yield row | {"count": len(over)}


def sweep_row(measure: str, layer: str | None, resamples: Float64Array, count: int) -> Iterator[Row]:
    """Give the row of a measure of the sweep with its resamples (1 + R,), the value first; none for NaN."""
    value = float(resamples[0])
    if np.isfinite(value):
        low, high = percentile_interval(resamples[1:])
        yield {
            "metric": measure,
            "layer": layer,
            "value": value,
            "low": low,
            "high": high,
            "count": count,
            "resamples": resamples.astype(np.float32),
        }
