"""What a claim is, and how the numbers that stand for and against it are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, final

from runbench.analysis.claims.effects import Effect, SuiteModel

if TYPE_CHECKING:
    import pandas as pd

COMMAND = "run-bench"

Direction = Literal["at least", "at most"]
Verdict = Literal["supported", "refuted", "undecided", "not tested"]


@final
@dataclass(frozen=True)
class Unit:
    """Say in what an effect is stated: `scale` of them make 1, `form` is how one is written, `word` follows it."""

    name: str
    scale: float
    form: str
    word: str = ""


POINTS = Unit("points", 100, "+z.2f", " points")
PERCENT = Unit("percent", 100, "z.2f", " percent")
RELATIVE_ERROR = Unit("relative error", 1, ".1e")
AUROC = Unit("AUROC", 1, "z.3f")
CORRELATION = Unit("correlation", 1, "z.3f")
CALIBRATION_ERROR = Unit("calibration error", 1, ".4f")
EXPLAINED = Unit("R2", 1, "+z.3f", " R2")

UNITS: dict[str, Unit] = {
    unit.name: unit for unit in (POINTS, PERCENT, RELATIVE_ERROR, AUROC, CORRELATION, CALIBRATION_ERROR, EXPLAINED)
}


def unit_named(name: str) -> Unit:
    """Return the unit of a name; of one that is not known, as plain numbers followed by it."""
    return UNITS.get(name) or Unit(name, 1, "z.4g", f" {name}")


@final
@dataclass(frozen=True)
class Part:
    """Hold one quantity that decides a claim, its margin in its unit, and on which side of it the claim holds.

    `name` tells a claim's parts apart and is empty where there is one; `decided_by` says what is measured.
    """

    name: str
    decided_by: str
    effect: Effect
    direction: Direction
    margin: float
    unit: Unit

    @property
    def bar(self) -> str:
        """Write the margin as it must be met: at least 0.5 points."""
        return write_bar(self.direction, self.margin, self.unit)


@final
@dataclass(frozen=True)
class Claim:
    """State a claim, what decides it, and what others published for it and against it.

    `note` is what a reader must know of how it is decided here.
    """

    number: int
    statement: str
    parts: tuple[Part, ...]
    published: str = ""
    note: str = ""

    @property
    def suite_models(self) -> tuple[SuiteModel, ...]:
        """Return the suites and models that must have been run, each once."""
        return tuple(dict.fromkeys(key for part in self.parts for key in part.effect.suite_models))


def verdict_of(low: float, high: float, direction: Direction, margin: float) -> Verdict:
    """Say on which side of the margin the whole interval lies; undecided where it spans it, or has no bounds.

    A bound on the margin meets it.
    """
    meets = {"at least": low >= margin, "at most": high <= margin}[direction]
    misses = {"at least": high < margin, "at most": low > margin}[direction]
    return "supported" if meets else "refuted" if misses else "undecided"


def joint_verdict(parts: Iterable[Verdict]) -> Verdict:
    """Return a claim's verdict from those of its parts: all must support it, and one is enough to refute it."""
    verdicts = set(parts)
    if "refuted" in verdicts:
        return "refuted"
    return verdicts.pop() if len(verdicts) == 1 else "undecided"


def write_bar(direction: str, margin: float, unit: Unit) -> str:
    """Write a margin as it must be met."""
    return f"{direction} {margin:g}{unit.word}"


def write_effect(effect: float, low: float, high: float, unit: Unit) -> str:
    """Write an effect with its interval, all in its unit."""
    return f"{write_number(effect, unit)} {write_interval(low, high, unit)}"


def write_number(number: float, unit: Unit) -> str:
    """Write a number in its unit, without the unit's name."""
    return f"{number:{unit.form}}"


def write_interval(low: float, high: float, unit: Unit) -> str:
    """Write the bounds of an interval in their unit."""
    return f"[{write_number(low, unit)}, {write_number(high, unit)}]"


def untested(table: pd.DataFrame) -> list[int]:
    """Return the numbers of the claims of which a part was not tested."""
    return sorted({int(number) for number in table.loc[table["verdict"] == "not tested", "claim"]})


def run_command(numbers: Iterable[int], command: str = COMMAND) -> str:
    """Return the words by which `command` runs what these claims need."""
    return f"{command} claims --run --claims {' '.join(map(str, numbers))}"
