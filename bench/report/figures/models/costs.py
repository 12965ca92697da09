"""What accuracy costs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import register_figure
from runbench.report.tables.costs import cost_title
from runbench.report.terms import mean_success, over_all

COSTS_SHOWN = ("multiply_adds", "throughput", "latency", "peak_memory")


@register_figure("costs", order=310)
def costs_against_accuracy(tables: SuiteTables) -> Iterator[ReportFigure]:
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
    yield ReportFigure(
        f"{tables.suite.name}-costs",
        f"{tables.suite.task.success.capitalize()} against cost",
        f"{tables.suite.task.success.capitalize()} {over_all(tables.suite)} against what a model costs on "
        f"{machine or 'a device not recorded'}. "
        "Throughput is better to the right, all else to the left. Vertical bars: 95% intervals of the "
        f"{tables.suite.task.success}. {captions.styles(tables, 'marker')}",
        partial(plots.plot_accuracy_against_costs, points, tables.styles, mean_success(tables.suite)),
        points,
    )
