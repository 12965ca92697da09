"""What models cost, a row per model and machine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from runbench.formatting import quantity
from runbench.metrics.registry import METRICS
from runbench.report.tables.table import NOTHING, Entry, Table


def costs_table(costs: pd.DataFrame) -> Table:
    """Write one suite's costs, a row per model and machine; timed costs with their 5th and 95th percentile."""
    machine = [column for column in ("device", "precision", "threads") if costs[column].notna().any()]
    names = list(dict.fromkeys(costs["metric"]))
    rows = []
    for key, group in costs.groupby(["model", *machine], sort=False, observed=True, dropna=False):
        first_of = group.drop_duplicates("metric").set_index("metric").to_dict(orient="index")
        conditions = ", ".join(
            f"{column} {value}" if column == "threads" else str(value)
            for column, value in zip(machine, key[1:], strict=True)
        )
        cells = [_cost(first_of[name]) if name in first_of else Entry(NOTHING) for name in names]
        rows.append((Entry(str(key[0]), conditions), *cells))
    return Table(("model", *(_cost_heading(costs, name) for name in names)), tuple(rows))


def cost_title(costs: pd.DataFrame, name: str) -> str:
    """Name a cost with its unit, as an axis does."""
    unit = costs.loc[costs["metric"] == name, "unit"].dropna()
    counted = unit.empty or unit.iloc[0] in ("", "count")
    title = METRICS[name].title if name in METRICS else name.replace("_", " ")
    return title if counted else f"{title} ({unit.iloc[0]})"


def _cost_heading(costs: pd.DataFrame, name: str) -> str:
    title = cost_title(costs, name)
    timed = costs[(costs["metric"] == name) & costs["low"].notna()]
    sizes = timed["batch_size"].dropna().unique()
    return f"{title}, batch size {sizes[0]:g}" if len(sizes) == 1 else title


def _cost(row: Mapping[Any, Any]) -> Entry:
    low, high = float(row["low"]), float(row["high"])
    return Entry(quantity(float(row["value"])), "" if math.isnan(low) else f"{quantity(low)} to {quantity(high)}")
