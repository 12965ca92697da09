"""Stored rows in, a verdict on every claim out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.analysis.claims.claim import Claim, Part, Verdict, joint_verdict, verdict_of
from runbench.analysis.claims.definitions import CLAIMS
from runbench.analysis.claims.effects import Difference, Effect, Greatest, Mean, Term
from runbench.analysis.claims.evidence import Evidence, gather
from runbench.analysis.scoring import Scored, resampled_bounds
from runbench.metrics.registry import METRICS
from runbench.statistics import (
    Estimate,
    Float64Array,
    percentile_interval,
    pooled_freedom,
    pooled_resamples,
    widened,
)
from runbench.store import schemas

Row = dict[str, Any]

ONE_SEED = "one training seed: these networks"


@final
@dataclass(frozen=True)
class Measured:
    """An effect, not yet in its unit, and on how many seeds and images it rests."""

    effect: Estimate
    seeds: int
    count: int


def decide(
    scored: Iterable[Scored],
    features: pd.DataFrame,
    costs: pd.DataFrame,
    claims: Iterable[Claim] = tuple(CLAIMS.values()),
) -> pd.DataFrame:
    """Decide claims from scored cells and rows of features: schemas.CLAIMS.names, a row per part.

    Effects and bounds are in the part's unit. Images and training seeds are resampled together, of several models
    the same images and the seeds that all of them have. What cannot be decided is "not tested", and its note says
    what is lacking. `costs` tell the sizes of the networks apart.
    """
    wanted = tuple(claims)
    evidence = gather(wanted, scored, features)
    rows: list[Row] = []
    for claim in wanted:
        parts = [_row(claim, part, evidence, costs) for part in claim.parts]
        verdict = joint_verdict([part["verdict"] for part in parts])
        rows += [part | {"claim_verdict": verdict} for part in parts]
    return pd.DataFrame(rows, columns=list(schemas.CLAIMS.names))


def _row(claim: Claim, part: Part, evidence: Evidence, costs: pd.DataFrame) -> Row:
    lacking = _lacking(part.effect, evidence)
    row: Row = {
        "claim": claim.number,
        "part": part.name,
        "statement": claim.statement,
        "decided_by": part.decided_by,
        "margin": part.margin,
        "direction": part.direction,
        "unit": part.unit.name,
    }
    if lacking:
        verdict: Verdict = "not tested"
        return row | {"seeds": 0, "count": 0, "verdict": verdict, "note": lacking}
    found = measure(part.effect, evidence)
    effect, low, high = (
        number * part.unit.scale for number in (found.effect.value, found.effect.low, found.effect.high)
    )
    notes = (ONE_SEED if found.seeds == 1 else "", claim.note, _sizes(part.effect, costs))
    return row | {
        "effect": effect,
        "low": low,
        "high": high,
        "seeds": found.seeds,
        "count": found.count,
        "verdict": verdict_of(low, high, part.direction, part.margin),
        "note": "; ".join(note.rstrip(".") for note in notes if note),
    }


@singledispatch
def measure(effect: Effect, evidence: Evidence) -> Measured:  # noqa: ARG001
    """Return an effect that lacks nothing; raise TypeError for one of an unknown kind."""
    raise TypeError(f"no way is known to measure {effect}")


@measure.register
def _mean(effect: Mean, evidence: Evidence) -> Measured:
    seeds = _common_seeds(effect, evidence)
    by_seed = np.stack([_mean_of(effect.of, seed, evidence) for seed in seeds])
    pooled = pooled_resamples(by_seed)
    bounds = resampled_bounds(METRICS[effect.of[0].metric], pooled)
    return _measured(by_seed, Estimate(float(pooled[0]), *bounds), _fewest(effect, evidence))


@measure.register
def _difference(effect: Difference, evidence: Evidence) -> Measured:
    seeds = _common_seeds(effect, evidence)
    by_seed = np.stack(
        [_mean_of(effect.first, seed, evidence) - _mean_of(effect.second, seed, evidence) for seed in seeds]
    )
    pooled = pooled_resamples(by_seed)
    bounds = percentile_interval(pooled[1:])
    return _measured(by_seed, Estimate(float(pooled[0]), *bounds), _fewest(effect, evidence))


@measure.register
def _greatest(effect: Greatest, evidence: Evidence) -> Measured:
    rows = evidence.rows[effect.of]
    values, lows, highs = (rows[column].to_numpy(np.float64) for column in ("value", "low", "high"))
    place = int(np.argmax(values))
    low, high = float(np.fmin(values[place], lows[place])), float(np.fmax(values, highs).max())
    greatest = Estimate(float(values[place]), low, high)
    return Measured(greatest, seeds=int(rows["seed"].nunique()), count=int(rows["count"].min()))


def _measured(by_seed: Float64Array, effect: Estimate, count: int) -> Measured:
    """Return an effect whose bounds over images and seeds are as wide as so few seeds leave them."""
    return Measured(widened(effect, pooled_freedom(by_seed, count)), len(by_seed), count)


def _lacking(effect: Effect, evidence: Evidence) -> str:
    """Say what keeps an effect from being measured; empty where nothing does."""
    absent = [key for key in effect.suite_models if key not in evidence.run]
    if absent:
        return _not_run(absent, evidence)
    if isinstance(effect, Greatest):
        without: list[Term] = [effect.of] if evidence.rows[effect.of].empty else []
        shared = True
    else:
        without = [term for term in effect.terms if not evidence.samples[term]]
        shared = bool(_common_seeds(effect, evidence))
    if without:
        return f"not stored: {', '.join(f'{term.metric} of {term.model} on {term.suite}' for term in without)}"
    return "" if shared else "the models have no training seed in common"


def _not_run(absent: list[tuple[str, str]], evidence: Evidence) -> str:
    """List suites and models that were not run, or not at their suite's levels."""
    by_suite: dict[str, list[str]] = {}
    for suite, model in absent:
        by_suite.setdefault(suite, []).append(model)
    lines = []
    for suite, models in by_suite.items():
        moved = any((suite, model) in evidence.elsewhere for model in models)
        lines.append(f"{', '.join(models)} on {suite}{' (swept at other levels)' if moved else ''}")
    return f"not run: {'; '.join(lines)}"


def _common_seeds(effect: Effect, evidence: Evidence) -> list[int]:
    """Return the training seeds that every term has, in order."""
    return sorted(set.intersection(*(set(evidence.samples[term]) for term in effect.terms)))


def _mean_of(terms: tuple[Term, ...], seed: int, evidence: Evidence) -> Float64Array:
    mean: Float64Array = np.mean([evidence.samples[term][seed].values for term in terms], axis=0)
    return mean


def _fewest(effect: Effect, evidence: Evidence) -> int:
    """Return the smallest number of images that a term rests on."""
    return min(int(sample.count) for term in effect.terms for sample in evidence.samples[term].values())


def _sizes(effect: Effect, costs: pd.DataFrame) -> str:
    """Write how many parameters each model has, where they are known and differ."""
    counted = costs[(costs["metric"] == "parameters") & costs["value"].notna()]
    stored = {
        (str(suite), str(model)): int(value)
        for suite, model, value in zip(counted["suite"], counted["model"], counted["value"], strict=True)
    }
    sizes: dict[str, set[int]] = {}
    for key in effect.suite_models:
        if key in stored:
            sizes.setdefault(key[1], set()).add(stored[key])
    if len(set(map(frozenset, sizes.values()))) < 2:
        return ""
    written = (
        f"{model} {' to '.join(f'{size:,}' for size in sorted({min(known), max(known)}))}"
        for model, known in sizes.items()
    )
    return f"parameters: {', '.join(written)}"
