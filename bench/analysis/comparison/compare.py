"""Two runs compared: every table of the comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from runbench.analysis.comparison.answers import score_answers
from runbench.analysis.comparison.costs import compare_costs, unlike_machines
from runbench.analysis.comparison.features import compare_features
from runbench.analysis.comparison.matching import Match, match_runs, where
from runbench.analysis.comparison.paired import paired_rows
from runbench.analysis.comparison.rows import Row, corrected
from runbench.analysis.comparison.settings import differing_settings
from runbench.analysis.comparison.unpaired import unpaired_rows
from runbench.errors import ConflictError, DamagedFileError
from runbench.store.run import StoredRun
from runbench.suites import Suite


@dataclass(frozen=True)
class Comparison:
    """Hold two runs and what their comparison came to.

    `refused` says why a suite is not compared, `unlike` how the machines differ, in which case `costs` is empty.
    `notes` are what a reader must know of the rest.
    """

    first: StoredRun
    second: StoredRun
    suites: Mapping[str, Suite]
    matches: Mapping[str, tuple[Match, ...]]
    comparison: pd.DataFrame
    features: pd.DataFrame
    costs: pd.DataFrame
    unlike: tuple[str, ...]
    settings: pd.DataFrame
    refused: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, str]:
        """Return the names under which A and B are stored."""
        return self.first.folder.name, self.second.folder.name


def compare(first: StoredRun, second: StoredRun) -> Comparison:
    """Compare two stored runs, A and B, as far as they were measured on the same test images.

    Raises ConflictError, with the reason for every suite, where no suite is left. Changes neither folder.
    """
    matching = match_runs(first, second)
    if not matching.suites:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in matching.refused.items())
        raise ConflictError(
            f"{first.name} and {second.name} have no suite that can be compared "
            f"({reasons or 'neither holds a suite'}); run both with the same --suite, --dataset, --limit and "
            "--levels"
        )
    known = {name: first.suites[name] for name in matching.suites}
    rows: list[Row] = []
    unpaired: dict[str, list[Match]] = {}
    for name, found in matching.suites.items():
        for match in found:
            try:
                rows += paired_rows(match, score_answers(first, second, match, known[name]), first, second)
            except DamagedFileError as fault:
                unpaired.setdefault(str(fault), []).append(match)
                rows += unpaired_rows(match, first, second, known[name])
    unlike = unlike_machines(first.manifest, second.manifest)
    missing = [f"{letter}: {line}" for letter, run in (("A", first), ("B", second)) for line in run.missing]
    return Comparison(
        first=first,
        second=second,
        suites=known,
        matches=matching.suites,
        comparison=corrected(rows),
        features=compare_features(first, second, matching.suites),
        costs=compare_costs(first.costs.head(0) if unlike else first.costs, second.costs, matching.suites),
        unlike=unlike,
        settings=differing_settings(first, second, matching.suites),
        refused=matching.refused,
        notes=(*matching.notes, *(_unpaired(why, cells) for why, cells in unpaired.items()), *missing),
    )


def _unpaired(why: str, cells: list[Match]) -> str:
    return (
        f"Not paired, because {why}: {where(cells)}. Their intervals are built from those of the two numbers as "
        "if they were independent (Newcombe 1998), which on the same images is usually too wide."
    )
