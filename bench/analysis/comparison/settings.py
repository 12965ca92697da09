"""In what two runs differ, as their manifests tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.formatting import listed, plain
from runbench.store.run import StoredRun

PARTS = ("commands", "identity", "configuration", "data", "versions", "hardware", "git_commit")
"""The entries of a manifest that can explain a difference between two runs."""

ABSENT = "not recorded"


def differing_settings(
    first: StoredRun, second: StoredRun, suites: Mapping[str, tuple[Match, ...]]
) -> pd.DataFrame:
    """Return the entries of two manifests that differ: setting, a, b, a row each.

    How the compared models were trained is listed by model, as far as the runs as a whole do not say it already.
    """
    rows = [
        {"setting": _words(name), "a": a, "b": b}
        for part in PARTS
        for name, a, b in _differing(part, first.manifest.get(part), second.manifest.get(part))
    ]
    trained: dict[tuple[str, str, str], list[str]] = {}
    for suite, found in suites.items():
        for match in found:
            for difference in _training(first, second, match):
                trained.setdefault(difference, []).append(suite)
    rows += [{"setting": f"{name} ({listed(names)})", "a": a, "b": b} for (name, a, b), names in trained.items()]
    return pd.DataFrame(rows, columns=["setting", "a", "b"])


def _training(first: StoredRun, second: StoredRun, match: Match) -> Iterator[tuple[str, str, str]]:
    cells = [
        run.cells.get(f"{match.suite}/{match.model}-seed{seeds[0]}", {}).get("training")
        for run, seeds in ((first, match.seeds_a), (second, match.seeds_b))
    ]
    said = {"seed", *(str(key) for run in (first, second) for key in _mapping(run.manifest.get("identity")))}
    of_a, of_b = ({key: value for key, value in _mapping(cell).items() if key not in said} for cell in cells)
    if of_a and of_b:
        yield from _differing(f"training of {match.model}", of_a, of_b)


def _differing(name: str, of_a: Any, of_b: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the names of what differs, with what A and B hold; goes into mappings."""
    if of_a == of_b:
        return
    if isinstance(of_a, Mapping) or isinstance(of_b, Mapping):
        there, here = _mapping(of_a), _mapping(of_b)
        for key in dict.fromkeys((*there, *here)):
            yield from _differing(f"{name}: {key}", there.get(key, ABSENT), here.get(key, ABSENT))
    else:
        yield name, plain(of_a), plain(of_b)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _words(name: str) -> str:
    return name.replace("_", " ")
