"""What a row of the comparison is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from runbench.analysis.comparison.matching import Match
from runbench.statistics import CONFIDENCE, holm
from runbench.store.run import StoredRun

COMPARISON_COLUMNS = (
    "suite", "model", "level", "metric", "seed_a", "seed_b", "value_a", "value_b", "difference", "low", "high",
    "only_a", "only_b", "p_value", "p_holm", "separated", "resolvable", "paired", "count",
)  # fmt: skip
"""One score of one model in both runs per row.

`level` is null for the sweep, and so are the seeds there: all that are compared, pooled. `difference` is A minus
B; low and high bound 95%. `only_a` counts the images that A alone has right, `only_b` those that B alone has; null
for the sweep and where rows are not paired. `p_holm` is `p_value` after Holm's correction over the models of one
suite, level and pair of seeds; `separated` says that it is below 0.05. `resolvable` is the smallest difference
that so many images resolve at 80% power, null where rows are not paired. `paired` says whether image is compared
with image.
"""

Row = dict[str, Any]


def metrics_of(run: StoredRun, match: Match) -> pd.DataFrame:
    """Return a run's scores of one model of one suite, over all images, as schemas.METRICS."""
    metrics = run.metrics
    named = (metrics["suite"] == match.suite) & (metrics["model"] == match.model)
    return metrics[named & (metrics["subset"] == "all")]


def mean_score(metrics: pd.DataFrame, seeds: Sequence[int], score: str, level: float) -> float:
    """Return a score of `metrics_of`, the mean over training seeds; `level` is NaN for the sweep's."""
    at_level = metrics["level"].isna() if math.isnan(level) else np.isclose(metrics["level"], level)
    return float(
        metrics.loc[at_level & (metrics["metric"] == score) & metrics["seed"].isin(seeds), "value"].mean()
    )


def corrected(rows: Sequence[Row]) -> pd.DataFrame:
    """Return the rows as a table, with their p-values corrected for the number of models."""
    table = pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))
    table = table.astype(dict.fromkeys(("seed_a", "seed_b", "only_a", "only_b"), "Int64"))
    tested_together = table.groupby(["suite", "level", "seed_a", "seed_b"], sort=False, dropna=False)["p_value"]
    table["p_holm"] = tested_together.transform(holm).astype(float)
    table["separated"] = table["p_holm"] < 1 - CONFIDENCE
    return table
