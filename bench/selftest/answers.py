"""What came out beside what must: one chapter of answers after another."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from runbench.data.catalogue import DATASETS
from runbench.data.loading import Dataset, load_dataset
from runbench.progress import Progress
from runbench.selftest.by_hand import CASES, Case
from runbench.selftest.expectations import EXAMINATIONS, Examination, Expectation
from runbench.selftest.measuring import Found, measure
from runbench.selftest.requirements import Requirement
from runbench.selftest.subjects import NETWORKS, suite_of

DATASET = DATASETS["mnist10k"]


@dataclass(frozen=True)
class Answer:
    """Hold what came out, of several values the one that fits least; NaN where there is none."""

    what: str
    must: Requirement
    came_out: float
    right: bool
    why: str


@dataclass(frozen=True)
class Chapter:
    """Hold the answers of one network on one suite, or of the statistics."""

    title: str
    answers: tuple[Answer, ...]


def selftest(
    progress: Progress, cases: Sequence[Case] = CASES, examinations: Sequence[Examination] = EXAMINATIONS
) -> Iterator[Chapter]:
    """Yield what came out of the cases worked out by hand, then of each network on each suite.

    Networks take the path of every model, through tables in a temporary folder.
    """
    yield Chapter("statistics: cases worked out by hand", tuple(_worked_out(case) for case in cases))
    dataset = load_dataset(DATASET, Path())
    for examination in examinations:
        yield _examined(examination, dataset, progress)


def _examined(examination: Examination, dataset: Dataset, progress: Progress) -> Chapter:
    spec, suite = NETWORKS[examination.network], suite_of(examination.suite)
    with TemporaryDirectory(prefix="selftest-") as folder:
        found = measure(spec, suite, dataset, Path(folder), progress)
    answers = tuple(_answer(expectation, found) for expectation in examination.expectations)
    return Chapter(f"{spec.name}, {suite.name}: the network {spec.summary}", answers)


def _worked_out(case: Case) -> Answer:
    value = case.compute()
    return Answer(case.what, case.must, value, case.must.holds([value]), case.why)


def _answer(expectation: Expectation, found: Found) -> Answer:
    levels = expectation.levels or (None,)
    layer = expectation.layer or None
    values = [value for level in levels for value in found.get((expectation.what, layer, level), (math.nan,))]
    must = expectation.must
    return Answer(_where(expectation), must, must.worst(values), must.holds(values), expectation.why)


def _where(expectation: Expectation) -> str:
    """Say what is measured, of which layer and at which levels."""
    levels = expectation.levels
    of = f" of {expectation.layer}" if expectation.layer else ""
    few = " at " + ", ".join(f"{level:g}" for level in levels) if levels else ""
    return f"{expectation.what}{of}" + (few if len(levels) <= 3 else f" at {len(levels)} levels")
