"""Where figures are registered: a figure is one function of a suite's tables, in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from runbench.errors import RegistrationError
from runbench.plugins import load_entry_points
from runbench.registration import Registry
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.store.run import StoredRun

GROUP = "runbench.figures"
"""The group of entry points by which an installed package brings figures."""

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "suite": "",
        "transformers": "What the spatial transformers see",
        "capsules": "What the capsules hold",
        "layers": "Inside the layers",
    }
)
"""The parts of a suite's section in reading order, with their headings; the first has none."""

FigureFunction = Callable[[SuiteTables], Iterator[ReportFigure | str]]
"""What yields the figures that a suite's tables are enough for, and notes, which stand below their part."""


@final
@dataclass(frozen=True)
class Need:
    """What a figure needs: `words` say it, `met` finds out."""

    words: str
    met: Callable[[SuiteTables], bool]


AXIS = Need("a suite with an axis", lambda tables: bool(tables.suite.axis))
SET = Need("a suite without an axis", lambda tables: not tables.suite.axis)
SAMPLES = Need("stored sample images", lambda tables: len(tables.samples.images) > 0)
ANSWERS = Need(
    "stored sample images with models' answers",
    lambda tables: SAMPLES.met(tables) and bool(tables.samples.predicted),
)


@final
@dataclass(frozen=True)
class RegisteredFigure:
    """A figure's function with its place in the report: a part of the suite's section, and an order in it."""

    name: str
    function: FigureFunction
    section: str
    order: int
    needs: tuple[Need, ...]

    def lacking(self, tables: SuiteTables) -> list[str]:
        """Say what of its needs the tables do not meet."""
        return [need.words for need in self.needs if not need.met(tables)]


FIGURES: Registry[RegisteredFigure] = Registry("figure")
"""Every figure by its name and needs: of one name there may be one for an axis and one for a set."""


RunFigureFunction = Callable[[StoredRun], Iterator[ReportFigure]]
"""What yields the figures of a whole run that its tables are enough for."""

RUN_FIGURES: Registry[RunFigureFunction] = Registry("figure of runs")
"""Every figure of a whole run by its name, in reading order; they stand above the suites."""


def register_run_figure(name: str) -> Callable[[RunFigureFunction], RunFigureFunction]:
    """Return a decorator that adds a figure above the suites; raise RegistrationError for a name that is taken."""

    def register(function: RunFigureFunction) -> RunFigureFunction:
        RUN_FIGURES.add(name, function)
        return function

    return register


def register_figure(
    name: str, *, section: str = "suite", order: int = 1000, needs: tuple[Need, ...] = ()
) -> Callable[[FigureFunction], FigureFunction]:
    """Return a decorator that adds a figure to every suite's section.

    The function takes `SuiteTables` and yields a `ReportFigure`, several or none; a text that it yields is a note
    below the part. `order` is the place within `section`, one of SECTIONS: the lowest stands first.

    Raises RegistrationError for a name that is taken or a section that there is not.
    """
    if section not in SECTIONS:
        raise RegistrationError(f"the report has no section {section!r}; there are {', '.join(SECTIONS)}")

    def register(function: FigureFunction) -> FigureFunction:
        key = " for ".join([name, *(need.words for need in needs)])
        FIGURES.add(key, RegisteredFigure(name, function, section, order, needs))
        return function

    return register


def figures_in(section: str) -> list[RegisteredFigure]:
    """Return the figures of a section in reading order."""
    found = (figure for figure in FIGURES.values() if figure.section == section)
    return sorted(found, key=lambda figure: figure.order)


def drawn_in(section: str, tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Go through a section's figures and notes for one suite."""
    for figure in figures_in(section):
        if not figure.lacking(tables):
            yield from figure.function(tables)


def load_figures() -> tuple[str, ...]:
    """Import what installed packages bring, where it registers itself; return a line for each broken one."""
    return tuple(map(str, load_entry_points(GROUP)))
