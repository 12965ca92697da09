"""From values of single images to rows of the table of features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from runbench.statistics import Float64Array, bootstrap_weights, percentile_interval

Row = dict[str, Any]
"""A row of schemas.FEATURES, without what is the same for all rows of a cell."""

Table = Float[np.ndarray, "images levels"]

Resamples = Float[np.ndarray, "resamples"]
"""A value, then what it is when images are drawn with replacement."""


@final
class PerImage:
    """Values of single images that come batch by batch, and in each batch level by level."""

    def __init__(self) -> None:
        self._batches: list[list[Tensor]] = []

    def add(self, index: int, values: Tensor) -> None:
        """Add the values (B, ...) of a batch at the level of that number; the first level begins a batch."""
        if index == 0:
            self._batches.append([])
        self._batches[-1].append(values)

    def __bool__(self) -> bool:
        return bool(self._batches)

    def stacked(self) -> Shaped[Tensor, "images levels *values"]:
        """Return all values: (n, L, ...)."""
        return torch.cat([torch.stack(levels, dim=1) for levels in self._batches])

    def table(self) -> Table:
        """Return one value per image and level: (n, L)."""
        return as_array(self.stacked())


def as_array(values: Shaped[Tensor, "*values"]) -> Float[np.ndarray, "*values"]:
    """Return values as an array of double precision."""
    array: Float64Array = values.double().cpu().numpy()
    return array


def ratio_rows(
    metric: str,
    layer: str | None,
    levels: Sequence[float],
    over: Table,
    under: Table,
    floor: Table | None = None,
) -> Iterator[Row]:
    """Yield a row per level: the sum over images of `over` (n, L) divided by that of `under` (n, L), with bounds.

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
        row: Row = {"metric": metric, "layer": layer, "level": level, "value": value, "low": low, "high": high}
        if floors is not None and np.isfinite(floors[index]):
            row["floor"] = float(floors[index])
        yield row | {"count": len(over)}


def sweep_row(metric: str, layer: str | None, resamples: Resamples, count: int) -> Iterator[Row]:
    """Yield the row of a metric of the sweep with its resamples (1 + R,), the value first; none for NaN."""
    value = float(resamples[0])
    if np.isfinite(value):
        low, high = percentile_interval(resamples[1:])
        yield {
            "metric": metric,
            "layer": layer,
            "value": value,
            "low": low,
            "high": high,
            "count": count,
            "resamples": resamples.astype(np.float32),
        }
