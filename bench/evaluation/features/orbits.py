"""How single units vary along the orbit of an image, and where they fire."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import final

import numpy as np
import torch
from torch import Tensor

from runbench.environment import generator
from runbench.evaluation.features.gauge import Batch, Gauge, Row, Subject, View
from runbench.metrics.features.orbits import FiringRates, OrbitMoments, thresholds_of

UNITS = 256
"""Of how many of a layer's units, drawn once, the orbits are looked at."""


@final
class OrbitGauge(Gauge):
    """Read the normalised variance and the conditional firing ratio of units drawn from each layer."""

    def __init__(self, subject: Subject, untouched: Mapping[str, Tensor]) -> None:
        """Take the drawn units' values on untransformed images, (n, U) by layer, to know when each fires."""
        self.subject = subject
        levels = np.asarray(subject.suite.levels)
        # A set has no level at the identity: its orbit is what the level makes of it
        self.identity = int(np.abs(levels - subject.suite.identity).argmin())
        self.moments = {name: OrbitMoments(self.identity) for name in untouched}
        self.firing = {
            name: FiringRates(thresholds_of(values), self.identity) for name, values in untouched.items()
        }
        self.orbits: dict[str, list[Tensor]] = {}

    def meet(self, batch: Batch) -> None:  # noqa: ARG002
        """Begin a new batch."""
        self.orbits = {name: [] for name in self.moments}

    def read(self, batch: Batch, view: View) -> None:  # noqa: ARG002
        """Hold the drawn units' values at this level."""
        for name, orbit in self.orbits.items():
            orbit.append(drawn_units(name, view.features[name]))

    def leave(self, batch: Batch) -> None:  # noqa: ARG002
        """Add the batch's orbits (B, L, U), and let them go."""
        for name, levels in self.orbits.items():
            orbit = torch.stack(levels, dim=1)
            self.moments[name].add(orbit)
            self.firing[name].add(orbit)
        self.orbits = {}

    def rows(self) -> Iterator[Row]:
        """Give each layer's variance, by level and over the sweep, its dead units and its firing ratio."""
        count, suite = self.subject.count, self.subject.suite
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


def drawn_units(name: str, features: Tensor) -> Tensor:
    """Return the values (B, U) of the units of a layer that are looked at: all, or UNITS drawn by its name."""
    flat = features.flatten(1)
    if flat.shape[1] <= UNITS:
        return flat
    return flat[:, _drawn(name, flat.shape[1]).to(flat.device)]


@lru_cache(maxsize=64)
def _drawn(name: str, width: int) -> Tensor:
    """Return which of `width` units are looked at, in rising order: the same whenever a layer is asked about."""
    return torch.randperm(width, generator=generator("units", name))[:UNITS].sort().values


def _row(measure: str, layer: str, value: float, count: int) -> Row:
    return {"metric": measure, "layer": layer, "value": value, "count": count}
