"""From a run's stored rows to the resamples that claims need, by term and training seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.analysis.cell import score_levels, score_sweep, subset_masks
from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.effects import Greatest, Pair, Response, Score, Term
from runbench.metrics.predictions.responses import Responses, responses_of
from runbench.statistics import Float64Array, bootstrap_weights
from runbench.suites import Suite

Seeds = frozenset[int]


@final
@dataclass(frozen=True)
class Sample:
    """Hold a stored number of one training seed, (1 + R,): the value and its resamples over `count` images."""

    resamples: Float64Array
    count: int


@final
@dataclass(frozen=True)
class Evidence:
    """Hold what a run stores of what claims need.

    `run` says with which seeds a suite and model were swept at the suite's own levels, `elsewhere` which were
    swept at others, and so answer another question. `samples` are by term and seed, `rows` those of measures that
    are looked through for the greatest.
    """

    run: Mapping[Pair, Seeds]
    elsewhere: frozenset[Pair]
    samples: Mapping[Term, Mapping[int, Sample]]
    rows: Mapping[Term, pd.DataFrame]


def gather(
    claims: Iterable[Claim], predictions: pd.DataFrame, responses: pd.DataFrame, suites: Mapping[str, Suite]
) -> Evidence:
    """Read what the claims need off prediction rows and rows of measures of features, and score it."""
    effects = [part.effect for claim in claims for part in claim.parts]
    terms = dict.fromkeys(term for effect in effects for term in effect.terms)
    scores = [term for term in terms if isinstance(term, Score)]
    samples: dict[Term, dict[int, Sample]] = {term: {} for term in terms}
    run: dict[Pair, set[int]] = {}
    elsewhere: set[Pair] = set()
    pairs = {term.pair for term in terms}
    for address, rows in predictions.groupby(["suite", "model", "seed"], observed=True, sort=False):
        pair, seed = (str(address[0]), str(address[1])), int(str(address[2]))
        if pair not in pairs:
            continue
        answers, suite = responses_of(rows), suites[pair[0]]
        if not np.array_equal(answers.levels, sorted(suite.levels)):
            elsewhere.add(pair)
            continue
        run.setdefault(pair, set()).add(seed)
        for term, sample in _scored(answers, suite, [term for term in scores if term.pair == pair]).items():
            samples[term][seed] = sample
    whole = _of_whole_sweeps(responses, run)
    for term in terms:
        if isinstance(term, Response):
            samples[term] = _sampled(_rows_of(whole, term))
    looked_through = [effect.of for effect in effects if isinstance(effect, Greatest)]
    return Evidence(
        run={pair: frozenset(seeds) for pair, seeds in run.items()},
        elsewhere=frozenset(elsewhere),
        samples=samples,
        rows={term: _rows_of(whole, term) for term in looked_through},
    )


def _scored(answers: Responses, suite: Suite, terms: list[Score]) -> dict[Term, Sample]:
    """Score one cell, the same images resampled for all; a score that does not apply to it is left out."""
    if not terms:
        return {}
    weights = bootstrap_weights(len(answers.correct))
    mask = subset_masks(answers, suite)["all"]
    curves = score_levels(answers, suite, mask, weights)
    aggregates = score_sweep(answers, suite, curves, mask, weights)
    samples: dict[Term, Sample] = {}
    for term in terms:
        if term.level is None and term.score in aggregates:
            aggregate = aggregates[term.score]
            samples[term] = Sample(aggregate.resamples, aggregate.count)
        elif term.level is not None and term.score in curves:
            place, curve = answers.level_index(term.level), curves[term.score]
            if place is not None:
                samples[term] = Sample(curve.resamples[:, place], int(curve.count[place]))
    return {term: sample for term, sample in samples.items() if np.isfinite(sample.resamples[0])}


def _of_whole_sweeps(responses: pd.DataFrame, run: Mapping[Pair, Iterable[int]]) -> pd.DataFrame:
    """Return the rows of the cells that were swept at their suite's own levels."""
    kept = {(*pair, seed) for pair, seeds in run.items() for seed in seeds}
    cells = zip(responses["suite"], responses["model"], responses["seed"], strict=True)
    return responses[np.array([cell in kept for cell in cells], dtype=bool)]


def _rows_of(responses: pd.DataFrame, term: Response) -> pd.DataFrame:
    """Return the rows of a term's measure: those of the layers whose name ends like it, or of the network."""
    rows = responses[
        (responses["suite"] == term.suite)
        & (responses["model"] == term.model)
        & (responses["metric"] == term.measure)
    ]
    if not term.layer:
        return rows[rows["layer"].isna()]
    return rows[np.array([str(layer).endswith(term.layer) for layer in rows["layer"]], dtype=bool)]


def _sampled(rows: pd.DataFrame) -> dict[int, Sample]:
    """Return each seed's resamples of the last such layer; a measure without resamples has none."""
    samples = {}
    for seed, of_seed in rows.groupby("seed", sort=False):
        last: dict[Any, Any] = of_seed.iloc[-1].to_dict()
        if last["resamples"] is not None:
            resamples = np.asarray(last["resamples"], dtype=np.float64)
            samples[int(str(seed))] = Sample(resamples, int(last["count"]))
    return samples
