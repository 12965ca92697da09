"""Two models on the same images: at each level, over the sweep, and over all training seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, final

import numpy as np
import pandas as pd

from runbench.analysis.scoring import Scored
from runbench.metrics.predictions.weighted import Float64Array
from runbench.statistics import (
    CONFIDENCE,
    bootstrap_p_value,
    holm,
    matched_interval,
    mcnemar_exact,
    percentile_interval,
    pooled_freedom,
    pooled_resamples,
    ranks,
    smallest_difference,
)
from runbench.store.schemas import COMPARISONS
from runbench.suites import Suite

Row = dict[str, Any]

LEVEL_METRIC = "accuracy"

COMPARED = (LEVEL_METRIC, "mean_accuracy", "area_under_curve")
"""The metrics by which models are compared."""

FEWEST_DISCORDANT = 6
"""Images that only one of two models gets right, below which McNemar's exact test can never reach 5%."""


@final
@dataclass(frozen=True)
class Group:
    """The cells of one suite that answered the same images at the same levels, by model and seed."""

    suite: Suite
    levels: Float64Array
    models: dict[str, dict[int, Scored]]

    @property
    def metric(self) -> str:
        """Name the metric of the sweep."""
        return sweep_metric(self.suite, len(self.levels))

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Go through the pairs of models in their order of appearance."""
        yield from combinations(self.models, 2)


def sweep_metric(suite: Suite, levels: int) -> str:
    """Name the metric by which models are compared over a sweep of so many levels."""
    return "area_under_curve" if suite.axis and levels > 1 else "mean_accuracy"


def compare_models(scored: Iterable[Scored]) -> pd.DataFrame:
    """Compare each two models of a suite on the same images: COMPARISONS.names, each pair once.

    Per seed and level: the difference of accuracies, its interval (Agresti & Min 2005) and the exact McNemar test.
    Per seed, and over all seeds that both have: the area under the accuracy curve, without an axis the mean
    accuracy, with a paired bootstrap. A seed's own rows resample images and speak of these networks; over several
    seeds, seeds are resampled too. p_holm is adjusted over all pairs of one suite, level and seed. Models that
    answered other images or other levels are no pair.
    """
    rows: list[Row] = []
    for group in _groups(scored):
        address = {"suite": group.suite.name, "task": group.suite.task.name}
        rows += [address | row for row in (*_level_rows(group), *_sweep_rows(group))]
    if not rows:
        return no_comparisons()
    table = pd.DataFrame(rows, columns=list(COMPARISONS.names))
    tested_together = table.groupby(["suite", "seed", "level"], sort=False, dropna=False)["p_value"]
    table["p_holm"] = tested_together.transform(holm).astype(float)
    table["separated"] = table["p_holm"] < 1 - CONFIDENCE
    return table


def no_comparisons() -> pd.DataFrame:
    """Return the table without a row."""
    return pd.DataFrame(columns=list(COMPARISONS.names))


def sweep_pairs(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that compare two models over the sweep and all their seeds."""
    return comparisons[comparisons["level"].isna() & comparisons["seed"].isna()]


def model_ranks(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Rank the models of each suite over the sweep and all seeds: suite, model, rank, in order of appearance.

    A rank is 1 + the number of models that are significantly better.
    """
    rows = []
    for suite, pairs in sweep_pairs(comparisons).groupby("suite", sort=False):
        models = list(dict.fromkeys([*pairs["model"], *pairs["other"]]))
        places = {model: place for place, model in enumerate(models)}
        better = np.zeros((len(models), len(models)), dtype=bool)
        for pair in pairs[pairs["separated"]].to_dict(orient="records"):
            ahead, behind = (pair["model"], pair["other"])[:: 1 if pair["difference"] > 0 else -1]
            better[places[ahead], places[behind]] = True
        rows += [
            {"suite": suite, "model": model, "rank": int(rank)}
            for model, rank in zip(models, ranks(better), strict=True)
        ]
    return pd.DataFrame(rows, columns=["suite", "model", "rank"])


def _groups(scored: Iterable[Scored]) -> list[Group]:
    groups: dict[tuple[str, bytes, bytes], Group] = {}
    for cell in scored:
        key = (cell.suite.name, cell.images.tobytes(), cell.levels.tobytes())
        group = groups.setdefault(key, Group(cell.suite, cell.levels, {}))
        group.models.setdefault(cell.model, {})[cell.seed] = cell
    return list(groups.values())


def _shared_seeds(group: Group, model: str, other: str) -> list[int]:
    return [seed for seed in group.models[model] if seed in group.models[other]]


def _level_rows(group: Group) -> Iterator[Row]:
    for model, other in group.pairs:
        for seed in _shared_seeds(group, model, other):
            first, second = (group.models[name][seed].correct for name in (model, other))
            only_model, only_other = (first & ~second).sum(axis=0), (second & ~first).sum(axis=0)
            count, discordant = len(first), only_model + only_other
            low, high = matched_interval(only_model, only_other, count)
            columns = {
                "level": group.levels,
                "difference": (only_model - only_other) / count,
                "low": low,
                "high": high,
                "only_model": only_model,
                "only_other": only_other,
                "p_value": mcnemar_exact(only_model, only_other),
                "resolvable": smallest_difference(np.sqrt(np.maximum(discordant, FEWEST_DISCORDANT)) / count),
            }
            named = {
                "model": model,
                "other": other,
                "seed": seed,
                "metric": LEVEL_METRIC,
                "seeds": 1,
                "count": count,
            }
            for values in zip(*columns.values(), strict=True):
                yield named | dict(zip(columns, values, strict=True))


def _sweep_rows(group: Group) -> Iterator[Row]:
    for model, other in group.pairs:
        seeds = _shared_seeds(group, model, other)
        for seed in seeds:
            yield {"seed": seed} | _sweep_row(group, model, other, [seed])
        if seeds:
            yield _sweep_row(group, model, other, seeds)


def _sweep_row(group: Group, model: str, other: str, seeds: list[int]) -> Row:
    """Compare two models over the sweep, given the seeds that count; a single one is not resampled."""
    first, second = (
        np.stack([group.models[name][seed].sweep["all", group.metric].values for seed in seeds])
        for name in (model, other)
    )
    by_seed, count = first - second, len(group.models[model][seeds[0]].images)
    seed_sd = float(by_seed[:, 0].std(ddof=1)) if len(seeds) > 1 else float("nan")
    freedom = pooled_freedom(by_seed, count)
    resamples = pooled_resamples(by_seed)
    low, high = percentile_interval(resamples[1:])
    return {
        "model": model,
        "other": other,
        "metric": group.metric,
        "difference": float(resamples[0]),
        "low": low,
        "high": high,
        "seed_sd": seed_sd,
        "p_value": bootstrap_p_value(resamples[1:], freedom),
        "resolvable": float(smallest_difference(resamples[1:].std(ddof=1), freedom)),
        "seeds": len(seeds),
        "count": count,
    }
