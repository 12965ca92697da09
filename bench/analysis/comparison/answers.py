"""What one run's networks answered to the test images, as far as it is stored."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.errors import DamagedFileError
from runbench.store import contents
from runbench.store.run import StoredRun


def read_answers(first: StoredRun, second: StoredRun, match: Match) -> pd.DataFrame:
    """Read the prediction rows of a match, one network per seed and run, the run's letter in place of the model.

    Seeds are numbered in the order in which they stand side by side. Raises DamagedFileError, saying why, where a
    network's rows are not there.
    """
    frames = [*_answers(first, "A", match, match.seeds_a), *_answers(second, "B", match, match.seeds_b)]
    return pd.concat(frames, ignore_index=True)


def _answers(run: StoredRun, letter: str, match: Match, seeds: Sequence[int]) -> list[pd.DataFrame]:
    frames = []
    for place, seed in enumerate(seeds):
        address = f"{match.suite}/{match.model}-seed{seed}"
        if not run.files.predictions(address).exists():
            raise DamagedFileError(f"{letter} was stored without per-sample rows")
        rows = contents.read_predictions(run.files, address, run.checksums(address))
        frames.append(rows.assign(model=letter, seed=place))
    return frames
