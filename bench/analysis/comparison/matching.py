"""What two runs have in common: the suites on the same test images, and in them models and training seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runbench.formatting import listed, plain
from runbench.plots import level_text
from runbench.store.run import StoredRun


@dataclass(frozen=True)
class Match:
    """Name a model of one suite that both runs measured, and its training seeds in A and in B that are compared.

    Where the runs share training seeds, those, the same in both; where they share none, as many of each as both
    have, in ascending order.
    """

    suite: str
    model: str
    seeds_a: tuple[int, ...]
    seeds_b: tuple[int, ...]

    @property
    def same_seeds(self) -> bool:
        """Say whether networks that stand side by side were trained with the same seed."""
        return self.seeds_a == self.seeds_b

    @property
    def seeds(self) -> tuple[tuple[int, int], ...]:
        """Return the seeds that stand side by side."""
        return tuple(zip(self.seeds_a, self.seeds_b, strict=True))


@dataclass(frozen=True)
class Matching:
    """Hold the matches of each suite that can be compared, why others cannot, and what a reader must know."""

    suites: Mapping[str, tuple[Match, ...]]
    refused: Mapping[str, str]
    notes: tuple[str, ...]


def match_runs(first: StoredRun, second: StoredRun) -> Matching:
    """Find what of two runs can be set side by side; other suites are refused, each with the reason."""
    refused: dict[str, str] = {}
    suites: dict[str, tuple[Match, ...]] = {}
    for name in dict.fromkeys((*first.suites, *second.suites)):
        found = matches(first, second, name)
        reason = unlike_images(first, second, name) or ("" if found else "the runs have no model in common")
        if reason:
            refused[name] = reason
        else:
            suites[name] = found
    return Matching(suites, refused, tuple(_notes(first, second, suites)))


def unlike_images(first: StoredRun, second: StoredRun, suite: str) -> str:
    """Say why a suite's test images in two runs are not known to be the same; empty where they are.

    They are where the runs measured as many images at the same levels, and the manifests hold the same sha256 of
    images and parameters.
    """
    levels = [_levels(run, suite) for run in (first, second)]
    for letter, measured in zip("AB", levels, strict=True):
        if not measured:
            return f"{letter} has no numbers for it"
    for label, key in (("data", "data_sha256"), ("--limit", "limit")):
        there, here = (_part(run.manifest, "identity").get(key) for run in (first, second))
        if there != here:
            return f"the test images differ: {label} is {plain(there)} in A and {plain(here)} in B"
    if levels[0] != levels[1]:
        return f"the levels differ: {_only(levels[0], levels[1], 'A')}{_only(levels[1], levels[0], 'B')}".rstrip(
            "; "
        )
    parameters = [_part(run.manifest, "test_images").get(suite) for run in (first, second)]
    for letter, drawn in zip("AB", parameters, strict=True):
        if not drawn:
            return f"the manifest of {letter} does not say which test images were drawn"
    return "" if parameters[0] == parameters[1] else "the test images differ: the parameters have another sha256"


def matches(first: StoredRun, second: StoredRun, suite: str) -> tuple[Match, ...]:
    """Return the models that both runs measured on a suite, in the order of A, with their training seeds."""
    seeds_a, seeds_b = (_seeds(run, suite) for run in (first, second))
    found = []
    for model in seeds_a:
        if model in seeds_b:
            of_a, of_b = seeds_a[model], seeds_b[model]
            shared = of_a & of_b
            there, here = (tuple(sorted(shared or seeds)) for seeds in (of_a, of_b))
            count = min(len(there), len(here))
            found.append(Match(suite, model, there[:count], here[:count]))
    return tuple(found)


def where(found: Iterable[Match]) -> str:
    """Name the models and suites of matches, suites with the same models together."""
    models: dict[str, list[str]] = {}
    for match in found:
        models.setdefault(match.suite, []).append(match.model)
    suites: dict[str, list[str]] = {}
    for suite, names in models.items():
        suites.setdefault(listed(names), []).append(suite)
    return "; ".join(f"{names} on {listed(on)}" for names, on in suites.items())


def _seeds(run: StoredRun, suite: str) -> dict[str, set[int]]:
    rows = run.metrics[run.metrics["suite"] == suite]
    return {
        str(model): {int(seed) for seed in group["seed"]} for model, group in rows.groupby("model", sort=False)
    }


def _levels(run: StoredRun, suite: str) -> tuple[float, ...]:
    rows = run.metrics[(run.metrics["suite"] == suite) & (run.metrics["metric"] == "accuracy")]
    return tuple(sorted(float(level) for level in rows["level"].dropna().unique()))


def _only(levels: tuple[float, ...], others: tuple[float, ...], letter: str) -> str:
    alone = [level_text(level) for level in levels if level not in others]
    return f"only {letter} has {listed(alone)}; " if alone else ""


def _part(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = manifest.get(name)
    return value if isinstance(value, Mapping) else {}


def _notes(first: StoredRun, second: StoredRun, suites: Mapping[str, tuple[Match, ...]]) -> Iterator[str]:
    """Say which models only one run has, and where training seeds are no pairs or are left out."""
    alone: dict[str, list[str]] = {}
    seeds: dict[str, list[Match]] = {}
    for name, found in suites.items():
        both = {match.model for match in found}
        for letter, run in (("A", first), ("B", second)):
            for model in _seeds(run, name):
                if model not in both:
                    alone.setdefault(f"Only {letter} has {model}", []).append(name)
        for match in found:
            for note in _seed_notes(match, *(_seeds(run, name)[match.model] for run in (first, second))):
                seeds.setdefault(note, []).append(match)
    yield from (f"{note}: {listed(names)}." for note, names in alone.items())
    yield from (f"{note}: {where(found)}." for note, found in seeds.items())


def _seed_notes(match: Match, seeds_a: set[int], seeds_b: set[int]) -> Iterator[str]:
    if not match.same_seeds:
        yield (
            f"The runs share no training seed ({_numbers(seeds_a)} in A, {_numbers(seeds_b)} in B), so images are "
            "paired and seeds are not; networks stand side by side in the order of their seeds"
        )
    for letter, left_out in (("A", seeds_a - {*match.seeds_a}), ("B", seeds_b - {*match.seeds_b})):
        if left_out:
            yield f"Seed {_numbers(left_out)} of {letter} has no counterpart and is left out"


def _numbers(seeds: set[int]) -> str:
    return listed([str(seed) for seed in sorted(seeds)])
