"""What the same model costs in both runs: only where the machines are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from runbench.formatting import plain

MACHINE = (("hardware", None), ("configuration", "threads"), ("configuration", "precision"), ("versions", "torch"))
"""What of a manifest decides how long the same work takes: a whole part, or one entry of it."""

COST_KEY = ["suite", "model", "metric", "unit", "batch_size", "device", "precision", "threads"]

COST_COMPARISON_COLUMNS = (
    "suite", "model", "metric", "unit", "batch_size", "value_a", "low_a", "high_a", "value_b", "low_b", "high_b",
    "ratio",
)  # fmt: skip
"""One cost of one model in both runs per row; `ratio` is A over B, null where B is 0."""


def unlike_machines(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...]:
    """Say how the machines of two manifests differ, a line each; empty where costs can stand side by side."""
    reasons = []
    for part, entry in MACHINE:
        there, here = (_entries(manifest, part, entry) for manifest in (first, second))
        for letter, entries in (("A", there), ("B", here)):
            if not entries:
                reasons.append(f"{entry or part} is not recorded in {letter}")
        if there and here:
            reasons += [
                f"{name} is {plain(there.get(name))} in A and {plain(here.get(name))} in B"
                for name in dict.fromkeys((*there, *here))
                if there.get(name) != here.get(name)
            ]
    return tuple(reasons)


def compare_costs(first: pd.DataFrame, second: pd.DataFrame, suites: Iterable[str]) -> pd.DataFrame:
    """Set each cost that both tables have beside the other, in the order of A."""
    of_a, of_b = (costs[costs["suite"].isin(list(suites))].drop_duplicates(COST_KEY) for costs in (first, second))
    both = of_a.merge(of_b, on=COST_KEY, suffixes=("_a", "_b"))
    both = both[both["value_a"].notna() & both["value_b"].notna()]
    ratio = both["value_a"] / both["value_b"].where(both["value_b"] != 0)
    return both.assign(ratio=ratio).reindex(columns=list(COST_COMPARISON_COLUMNS)).reset_index(drop=True)


def _entries(manifest: Mapping[str, Any], part: str, entry: str | None) -> dict[str, Any]:
    held = manifest.get(part)
    if not isinstance(held, Mapping):
        return {}
    if entry is None:
        return dict(held)
    return {entry: held[entry]} if entry in held else {}
