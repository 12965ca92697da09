"""Two runs compared: every table of the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from runbench.analysis.comparison.answers import score_answers
from runbench.analysis.comparison.costs import compare_costs, unlike_machines
from runbench.analysis.comparison.matching import Match, grounds, where
from runbench.analysis.comparison.measures import compare_measures
from runbench.analysis.comparison.paired import paired_rows
from runbench.analysis.comparison.rows import Row, corrected
from runbench.analysis.comparison.settings import differing_settings
from runbench.analysis.comparison.unpaired import unpaired_rows
from runbench.errors import ConflictError, DamagedFileError
from runbench.store.run import StoredRun
from runbench.suites import Suite


@dataclass(frozen=True)
class Compared:
    """Hold two runs and what their comparison came to.

    `refused` says why a suite is not compared, `unlike` how the machines differ, in which case `costs` is empty.
    `notes` are what a reader must know of the rest.
    """

    first: StoredRun
    second: StoredRun
    suites: Mapping[str, Suite]
    matches: Mapping[str, tuple[Match, ...]]
    comparison: pd.DataFrame
    measures: pd.DataFrame
    costs: pd.DataFrame
    unlike: tuple[str, ...]
    settings: pd.DataFrame
    refused: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, str]:
        """Return the names under which A and B are stored."""
        return self.first.folder.name, self.second.folder.name


def compare(first: StoredRun, second: StoredRun) -> Compared:
    """Compare two stored runs, A and B, as far as they were measured on the same test images.

    Raises ConflictError, with the reason for every suite, where no suite is left. Changes neither folder.
    """
    ground = grounds(first, second)
    if not ground.suites:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in ground.refused.items())
        raise ConflictError(
            f"{first.name} and {second.name} have no suite that can be compared "
            f"({reasons or 'neither holds a suite'}); run both with the same --suite, --dataset, --limit and "
            "--levels"
        )
    known = {name: first.suites[name] for name in ground.suites}
    rows: list[Row] = []
    unpaired: dict[str, list[Match]] = {}
    for name, found in ground.suites.items():
        for match in found:
            try:
                rows += paired_rows(match, score_answers(first, second, match, known[name]), first, second)
            except DamagedFileError as fault:
                unpaired.setdefault(str(fault), []).append(match)
                rows += unpaired_rows(match, first, second, known[name])
    unlike = unlike_machines(first.manifest, second.manifest)
    missing = [f"{letter}: {line}" for letter, run in (("A", first), ("B", second)) for line in run.missing]
    return Compared(
        first=first,
        second=second,
        suites=known,
        matches=ground.suites,
        comparison=corrected(rows),
        measures=compare_measures(first, second, ground.suites),
        costs=compare_costs(first.costs.head(0) if unlike else first.costs, second.costs, ground.suites),
        unlike=unlike,
        settings=differing_settings(first, second, ground.suites),
        refused=ground.refused,
        notes=(*ground.notes, *(_unpaired(why, cells) for why, cells in unpaired.items()), *missing),
    )


def _unpaired(why: str, cells: list[Match]) -> str:
    return (
        f"Not paired, because {why}: {where(cells)}. Their intervals are built from those of the two numbers as "
        "if they were independent (Newcombe 1998), which on the same images is usually too wide."
    )
