"""What one run's networks answered to the test images, as far as it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runbench.analysis.comparison.matching import Match
from runbench.analysis.paired import COMPARED
from runbench.analysis.scoring import Scored, score_cell
from runbench.errors import DamagedFileError
from runbench.store import contents
from runbench.store.run import StoredRun
from runbench.suites import Suite


def score_answers(first: StoredRun, second: StoredRun, match: Match, suite: Suite) -> list[Scored]:
    """Score the networks of a match, one per seed and run, with the run's letter in place of the model.

    Seeds are numbered in the order in which they stand side by side. Raises DamagedFileError, saying why, where a
    network's rows are not there.
    """
    return [*_scored(first, "A", match, match.seeds_a, suite), *_scored(second, "B", match, match.seeds_b, suite)]


def _scored(run: StoredRun, letter: str, match: Match, seeds: Sequence[int], suite: Suite) -> Iterator[Scored]:
    for place, seed in enumerate(seeds):
        address = f"{match.suite}/{match.model}-seed{seed}"
        if not run.files.predictions(address).exists():
            raise DamagedFileError(f"{letter} was stored without per-sample rows")
        rows = contents.read_predictions(run.files, address)
        yield score_cell(rows.assign(model=letter, seed=place), suite, names=COMPARED)
