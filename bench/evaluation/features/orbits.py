"""How single units vary along the orbit of an image, and where they fire."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from runbench.environment import generator
from runbench.evaluation.features.feature_metric import (
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import Row
from runbench.metrics.features.orbits import FiringRates, OrbitMoments, thresholds_of

UNITS = 256
"""Of how many of a layer's units, drawn once, the orbits are measured."""


@register_feature_metric
@final
class OrbitVariance(FeatureMetric):
    """The normalised variance and the conditional firing ratio of units drawn from each layer.

    A unit fires above a quantile of its values on untransformed images, so these pass once before all others.
    """

    order = 30

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        levels = np.asarray(subject.suite.levels)
        # A set has no level at the identity: its orbit is what the level makes of it
        identity = int(np.abs(levels - subject.suite.identity).argmin())
        self.moments = {layer.name: OrbitMoments(identity) for layer in subject.layers}
        self.firing = {
            name: FiringRates(thresholds_of(values), identity) for name, values in _untouched(subject).items()
        }
        self.orbits: dict[str, list[Tensor]] = {}

    def start_batch(self, batch: Batch) -> None:  # noqa: ARG002
        """Begin the orbits of a new batch."""
        self.orbits = {name: [] for name in self.moments}

    def update(self, batch: Batch, view: View) -> None:  # noqa: ARG002
        """Hold the drawn units' values at this level."""
        for name, orbit in self.orbits.items():
            orbit.append(drawn_units(name, view.features[name]))

    def end_batch(self, batch: Batch) -> None:  # noqa: ARG002
        """Add the batch's orbits (B, L, U), and let them go."""
        for name, levels in self.orbits.items():
            orbit = torch.stack(levels, dim=1)
            self.moments[name].add(orbit)
            self.firing[name].add(orbit)
        self.orbits = {}

    def compute(self) -> Iterator[Row]:
        """Yield each layer's variance, by level and over the sweep, its dead units and its firing ratio."""
        count, suite = self.subject.count, self.suite
        for name, moments in self.moments.items():
            variance, dead, live = moments.normalised_variance()
            yield _row("dead_units", name, dead, count)
            if live and len(suite.levels) > 1:
                for level, value in zip(suite.levels, moments.level_variance().tolist(), strict=True):
                    if math.isfinite(value):
                        yield _row("level_variance", name, value, count) | {"level": level}
                yield _row("normalised_variance", name, variance, count)
                ratio, firing = self.firing[name].ratio()
                if firing:
                    yield _row("firing_ratio", name, ratio, count)


def drawn_units(name: str, features: Float[Tensor, "batch ..."]) -> Float[Tensor, "batch drawn"]:
    """Return the values (B, U) of the units of a layer that are measured: all, or UNITS drawn by its name."""
    flat = features.flatten(1)
    if flat.shape[1] <= UNITS:
        return flat
    return flat[:, _drawn(name, flat.shape[1]).to(flat.device)]


@lru_cache(maxsize=64)
def _drawn(name: str, width: int) -> Tensor:
    """Return which of `width` units are measured, in rising order: the same whenever a layer is asked about."""
    return torch.randperm(width, generator=generator("units", name))[:UNITS].sort().values


def _untouched(subject: Subject) -> dict[str, Tensor]:
    """Return the values of the drawn units of each layer (n, U) on untransformed images."""
    drawn: dict[str, list[Tensor]] = {layer.name: [] for layer in subject.layers}
    for positions in subject.batches:
        for name, features in subject.unchanged(positions).features.items():
            drawn[name].append(drawn_units(name, features))
    return {name: torch.cat(values) for name, values in drawn.items()}


def _row(metric: str, layer: str, value: float, count: int) -> Row:
    return {"metric": metric, "layer": layer, "value": value, "count": count}
