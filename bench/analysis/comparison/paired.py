"""Both runs' answers to the same images, compared image by image."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.analysis.comparison.rows import Row, mean_score, metrics_of
from runbench.analysis.paired import compare_models, sweep_pairs
from runbench.analysis.scoring import Scored
from runbench.errors import DamagedFileError
from runbench.store.run import StoredRun

TAKEN = ("level", "metric", "difference", "low", "high", "p_value", "resolvable", "count")
"""Columns that mean the same between two runs as between two models of one."""


def paired_rows(match: Match, scored: Iterable[Scored], first: StoredRun, second: StoredRun) -> list[Row]:
    """Compare a model in both runs as `compare_models` compares two models: A minus B.

    At a level network with network, over the sweep all networks together. `scored` are the networks of both runs,
    "A" and "B" in place of the model. Raises DamagedFileError where they are not of the same images and levels.
    """
    compared = compare_models(scored)
    if compared.empty:
        raise DamagedFileError("the stored rows are not of the same images")
    return list(_rows(match, compared, first, second))


def _rows(match: Match, compared: pd.DataFrame, first: StoredRun, second: StoredRun) -> Iterator[Row]:
    levels = compared[compared["level"].notna()]
    metrics_a, metrics_b = (metrics_of(run, match) for run in (first, second))
    for row in (*sweep_pairs(compared).to_dict(orient="records"), *levels.to_dict(orient="records")):
        over_sweep = math.isnan(row["level"])
        seeds = match.seeds if over_sweep else (match.seeds[int(row["seed"])],)
        discordant = {} if over_sweep else {"only_a": row["only_model"], "only_b": row["only_other"]}
        yield {
            "suite": match.suite,
            "model": match.model,
            **{column: row[column] for column in TAKEN},
            **({} if over_sweep else {"seed_a": seeds[0][0], "seed_b": seeds[0][1]}),
            **discordant,
            "value_a": mean_score(metrics_a, [seed for seed, _ in seeds], row["metric"], row["level"]),
            "value_b": mean_score(metrics_b, [seed for _, seed in seeds], row["metric"], row["level"]),
            "paired": True,
        }
