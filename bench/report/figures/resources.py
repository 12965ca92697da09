"""What accuracy costs, and how training went."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.report import captions
from runbench.report.exhibit import Exhibit, SuiteTables
from runbench.report.tables import cost_title
from runbench.report.terms import mean_success, over_all

COSTS_SHOWN = ("multiply_adds", "throughput", "latency", "peak_memory")


def costs_of_success(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw the share of right answers against each cost."""
    costs = tables.costs[tables.costs["metric"].isin(COSTS_SHOWN) & tables.costs["value"].notna()]
    costs = costs.drop_duplicates(["model", "metric"])
    accuracy = tables.summary[["model", "mean_accuracy", "mean_accuracy_low", "mean_accuracy_high"]]
    accuracy = accuracy.set_axis(["model", "value", "low", "high"], axis=1).dropna(subset=["value"])
    described = costs[["model", "architecture", "regime", "metric", "unit"]].assign(
        title=[cost_title(costs, name) for name in costs["metric"]], cost_value=costs["value"]
    )
    points = described.merge(accuracy, on="model")
    if points.empty:
        return
    points = points.sort_values("metric", key=lambda names: names.map(COSTS_SHOWN.index), kind="stable")
    machine = ", ".join(str(device) for device in tables.costs["device"].dropna().unique())
    yield Exhibit(
        f"{tables.suite.name}-costs",
        f"{tables.suite.task.success.capitalize()} against cost",
        f"{tables.suite.task.success.capitalize()} {over_all(tables.suite)} against what a model costs on "
        f"{machine or 'a device not recorded'}. "
        "Throughput is better to the right, all else to the left. Vertical bars: 95% intervals of the "
        f"{tables.suite.task.success}. {captions.looks(tables.models, tables.looks, 'marker')}",
        partial(plots.plot_accuracy_against_costs, points, tables.looks, mean_success(tables.suite)),
        points,
    )


def training(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how training went."""
    history = tables.history[np.isfinite(tables.history["value"].astype(float))]
    if history.empty:
        return
    seeds = len(history["seed"].unique())
    spread = " Lines are means over seeds, bands reach from the lowest to the highest." if seeds > 1 else ""
    yield Exhibit(
        f"{tables.suite.name}-training",
        "Training",
        "How training went, epoch by epoch. Losses of unlike kinds cannot be compared with one another, and "
        "validation images are changed as the regime changes its training images. "
        f"{captions.looks(tables.models, tables.looks)}{spread}",
        partial(plots.plot_training, history, tables.looks),
        history,
    )
