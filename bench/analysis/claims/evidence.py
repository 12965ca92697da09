"""From a run's scored cells to the resamples that claims need, by term and training seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.analysis.claims.claim import Claim
from runbench.analysis.claims.effects import Greatest, Inside, Predicted, SuiteModel, Term
from runbench.analysis.scoring import Scored
from runbench.metrics.predictions.selection import Resampled
from runbench.suites import SUITES

Seeds = frozenset[int]


@final
@dataclass(frozen=True)
class Evidence:
    """What a run stores of what claims need.

    `run` says with which seeds a suite and model were swept at the suite's own levels, `elsewhere` which were
    swept at others, and so answer another question. `samples` are by term and seed, `rows` those of metrics that
    are looked through for the greatest.
    """

    run: Mapping[SuiteModel, Seeds]
    elsewhere: frozenset[SuiteModel]
    samples: Mapping[Term, Mapping[int, Resampled]]
    rows: Mapping[Term, pd.DataFrame]


def levels_wanted(claims: Iterable[Claim]) -> dict[SuiteModel, set[tuple[str, float]]]:
    """Return the metrics of single levels whose resamples claims need, by suite and model."""
    wanted: dict[SuiteModel, set[tuple[str, float]]] = {}
    for term in _terms(claims):
        if isinstance(term, Predicted) and term.level is not None:
            wanted.setdefault(term.suite_model, set()).add((term.metric, term.level))
    return wanted


def gather(claims: Iterable[Claim], scored: Iterable[Scored], features: pd.DataFrame) -> Evidence:
    """Take what the claims need from scored cells and rows of features."""
    wanted = tuple(claims)
    terms = _terms(wanted)
    samples: dict[Term, dict[int, Resampled]] = {term: {} for term in terms}
    run: dict[SuiteModel, set[int]] = {}
    elsewhere: set[SuiteModel] = set()
    keys = {term.suite_model for term in terms}
    for cell in scored:
        key = (cell.suite.name, cell.model)
        if key not in keys:
            continue
        # A stored suite holds the levels that were swept, the table those of the claim
        if not np.array_equal(cell.levels, sorted(SUITES.get(cell.suite.name, cell.suite).levels)):
            elsewhere.add(key)
            continue
        run.setdefault(key, set()).add(cell.seed)
        for term in terms:
            sample = _sample(cell, term) if isinstance(term, Predicted) and term.suite_model == key else None
            if sample is not None and np.isfinite(sample.values[0]):
                samples[term][cell.seed] = sample
    whole = _of_whole_sweeps(features, run)
    for term in terms:
        if isinstance(term, Inside):
            samples[term] = _sampled(_rows_of(whole, term))
    effects = [part.effect for claim in wanted for part in claim.parts]
    looked_through = [effect.of for effect in effects if isinstance(effect, Greatest)]
    return Evidence(
        run={key: frozenset(seeds) for key, seeds in run.items()},
        elsewhere=frozenset(elsewhere),
        samples=samples,
        rows={term: _rows_of(whole, term) for term in looked_through},
    )


def _terms(claims: Iterable[Claim]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(term for claim in claims for part in claim.parts for term in part.effect.terms))


def _sample(cell: Scored, term: Predicted) -> Resampled | None:
    """Return what a term names of a cell; None where it does not apply to it."""
    if term.level is None:
        return cell.sweep.get(("all", term.metric))
    return cell.at_level.get((term.metric, term.level))


def _of_whole_sweeps(features: pd.DataFrame, run: Mapping[SuiteModel, Iterable[int]]) -> pd.DataFrame:
    """Return the rows of the cells that were swept at their suite's own levels."""
    kept = {(*key, seed) for key, seeds in run.items() for seed in seeds}
    cells = zip(features["suite"], features["model"], features["seed"], strict=True)
    return features[np.array([cell in kept for cell in cells], dtype=bool)]


def _rows_of(features: pd.DataFrame, term: Inside) -> pd.DataFrame:
    """Return the rows of a term's metric: those of the layers whose name ends like it, or of the network."""
    rows = features[
        (features["suite"] == term.suite) & (features["model"] == term.model) & (features["metric"] == term.metric)
    ]
    if not term.layer:
        return rows[rows["layer"].isna()]
    return rows[np.array([str(layer).endswith(term.layer) for layer in rows["layer"]], dtype=bool)]


def _sampled(rows: pd.DataFrame) -> dict[int, Resampled]:
    """Return each seed's resamples of the last such layer; a metric without resamples has none."""
    samples = {}
    for seed, of_seed in rows.groupby("seed", sort=False):
        last: dict[Any, Any] = of_seed.iloc[-1].to_dict()
        if last["resamples"] is not None:
            values = np.asarray(last["resamples"], dtype=np.float64)
            samples[int(str(seed))] = Resampled(values, np.asarray(int(last["count"])))
    return samples
