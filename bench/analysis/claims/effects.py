"""What decides a claim: which stored numbers, and how they make one. Imports nothing heavy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

SuiteModel = tuple[str, str]
"""A suite and a model, by name."""


@dataclass(frozen=True)
class Term(ABC):
    """A stored number of one model on one suite."""

    suite: str
    model: str
    metric: str

    @property
    def suite_model(self) -> SuiteModel:
        """Return the suite and the model."""
        return self.suite, self.model


@final
@dataclass(frozen=True)
class Predicted(Term):
    """A metric of predictions on all images: at one level, or without one of the sweep."""

    level: float | None = None


@final
@dataclass(frozen=True)
class Inside(Term):
    """A metric of features: of the last layer whose name ends like this, without one of the network."""

    layer: str = ""


@dataclass(frozen=True)
class Effect(ABC):
    """A way in which terms make the one number that stands against a margin."""

    @property
    @abstractmethod
    def terms(self) -> tuple[Term, ...]:
        """Return all that must be stored."""

    @property
    def suite_models(self) -> tuple[SuiteModel, ...]:
        """Return the suites and models that must have been run, each once."""
        return tuple(dict.fromkeys(term.suite_model for term in self.terms))


@final
@dataclass(frozen=True)
class Mean(Effect):
    """The mean of some terms; on the same images and training seeds they are resampled together."""

    of: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the terms."""
        return self.of


@final
@dataclass(frozen=True)
class Difference(Effect):
    """The mean of some terms minus that of others, resampled together."""

    first: tuple[Term, ...]
    second: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the terms of both sides."""
        return self.first + self.second


@final
@dataclass(frozen=True)
class Greatest(Effect):
    """The greatest value of a metric over all levels, over all layers whose name ends alike, and over seeds."""

    of: Inside

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the one term."""
        return (self.of,)
