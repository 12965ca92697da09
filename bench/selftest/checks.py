"""What came out beside what must, of worked examples and of known-answer cases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from runbench.data.catalogue import DATASETS
from runbench.data.loading import Dataset, load_dataset
from runbench.progress import Progress
from runbench.selftest.conditions import Condition
from runbench.selftest.known_answers import CASES, Case, KnownAnswer
from runbench.selftest.measuring import Found, measure
from runbench.selftest.subjects import NETWORKS, suite_of
from runbench.selftest.worked_examples import EXAMPLES, WorkedExample

DATASET = DATASETS["mnist10k"]


@final
@dataclass(frozen=True)
class Check:
    """A value that must meet a condition; of several values the one that fits least, NaN where there is none."""

    what: str
    must: Condition
    value: float
    right: bool
    why: str


@final
@dataclass(frozen=True)
class Section:
    """The checks of one network on one suite, or of the statistics."""

    title: str
    checks: tuple[Check, ...]


def selftest(
    progress: Progress, examples: Sequence[WorkedExample] = EXAMPLES, cases: Sequence[Case] = CASES
) -> Iterator[Section]:
    """Yield the checks of the worked examples, then those of each known-answer case."""
    yield Section("statistics: examples worked out by hand", tuple(_checked_example(one) for one in examples))
    dataset = load_dataset(DATASET, Path())
    for case in cases:
        yield _checked_case(case, dataset, progress)


def _checked_example(example: WorkedExample) -> Check:
    value = example.compute()
    return Check(example.what, example.must, value, example.must.holds([value]), example.why)


def _checked_case(case: Case, dataset: Dataset, progress: Progress) -> Section:
    spec, suite = NETWORKS[case.network], suite_of(case.suite)
    found = measure(spec, suite, dataset, progress)
    checks = tuple(_checked_answer(answer, found) for answer in case.answers)
    return Section(f"{spec.name}, {suite.name}: the network {spec.summary}", checks)


def _checked_answer(answer: KnownAnswer, found: Found) -> Check:
    levels = answer.levels or (None,)
    layer = answer.layer or None
    values = [value for level in levels for value in found.get((answer.what, layer, level), (math.nan,))]
    must = answer.must
    return Check(_where(answer), must, must.worst(values), must.holds(values), answer.why)


def _where(answer: KnownAnswer) -> str:
    """Say what is measured, of which layer and at which levels."""
    levels = answer.levels
    of = f" of {answer.layer}" if answer.layer else ""
    few = " at " + ", ".join(f"{level:g}" for level in levels) if levels else ""
    return f"{answer.what}{of}" + (few if len(levels) <= 3 else f" at {len(levels)} levels")
