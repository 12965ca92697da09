"""What a value must be: conditions."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

EXACT = 1e-5
"""What floating-point numbers that must be equal may differ by."""


@dataclass(frozen=True)
class Condition(ABC):
    """What one value, or each of several, must be."""

    @abstractmethod
    def excess(self, value: float) -> float:
        """Return by how much a value is beyond what is allowed: not above 0 where it is right. NaN is no value."""

    @property
    @abstractmethod
    def wording(self) -> str:
        """Say in a few words what must be."""

    def worst(self, values: Sequence[float]) -> float:
        """Return the value that fits least."""
        return max(values, key=self.excess)

    def holds(self, values: Sequence[float]) -> bool:
        """Return whether all values are right."""
        return all(self.excess(value) <= 0 for value in values)


@final
@dataclass(frozen=True)
class Near(Condition):
    """`value`, or no farther from it than `tolerance`."""

    value: float
    tolerance: float = EXACT

    def excess(self, value: float) -> float:
        """Return the distance beyond the tolerance."""
        return math.inf if math.isnan(value) else abs(value - self.value) - self.tolerance

    @property
    def wording(self) -> str:
        """Give the value, and the tolerance where it is more than rounding."""
        return f"{self.value:.4g}" + (f" ± {self.tolerance:.2g}" if self.tolerance > EXACT else "")


@final
@dataclass(frozen=True)
class AtLeast(Condition):
    """No less than `bound`."""

    bound: float

    def excess(self, value: float) -> float:
        """Return how much is missing."""
        return math.inf if math.isnan(value) else self.bound - value

    @property
    def wording(self) -> str:
        """Give the bound."""
        return f"at least {self.bound:g}"


@final
@dataclass(frozen=True)
class Absent(Condition):
    """No value at all: there is no such row."""

    def excess(self, value: float) -> float:
        """Return infinity for any value."""
        return 0.0 if math.isnan(value) else math.inf

    @property
    def wording(self) -> str:
        """Say that there is none."""
        return "no row"


def share(probability: float, trials: int) -> Near:
    """Return what a share of `trials` independent throws must be: within four standard errors."""
    return Near(probability, 4 * math.sqrt(probability * (1 - probability) / trials))
