"""Every metric by its name."""

from __future__ import annotations

from importlib.metadata import entry_points

from runbench.errors import RegistrationError
from runbench.metrics.costs import COSTS
from runbench.metrics.features.definitions import FEATURE_METRICS
from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions import (
    accuracy,
    calibration,
    consistency,
    errors,
    half_level,
    intact,
    label_sets,
    orbit,
    probability,
)

GROUP = "runbench.metrics"
"""The group of entry points by which an installed package brings metrics."""

METRICS: dict[str, Metric] = {}
"""Every metric, those that are means over the sweep among them."""


def register_metric(metric: Metric) -> Metric:
    """Add a metric, and its mean over the sweep if it has one; raise RegistrationError where a name is taken."""
    added = (metric, metric.mean) if metric.averaged else (metric,)
    taken = [one.name for one in added if one.name in METRICS]
    if taken:
        raise RegistrationError(f"a metric named {taken[0]} is registered already; choose another name")
    METRICS.update({one.name: one for one in added})
    return metric


def load_metrics() -> tuple[str, ...]:
    """Register what installed packages bring: each entry point names a Metric; say in a line which failed."""
    failed = []
    for entry in entry_points(group=GROUP):
        try:
            metric = entry.load()
            if METRICS.get(metric.name) != metric:
                register_metric(metric)
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
            failed.append(f"metric {entry.name}: {type(error).__name__}: {error}")
    return tuple(failed)


def prediction_metrics() -> dict[str, Metric]:
    """Return the metrics of predictions by their name, those of one level before those of the sweep."""
    found = [metric for metric in METRICS.values() if metric.of == "predictions"]
    return {metric.name: metric for metric in sorted(found, key=lambda metric: metric.over == "sweep")}


def feature_metrics() -> dict[str, Metric]:
    """Return the metrics of features by their name."""
    return {name: metric for name, metric in METRICS.items() if metric.of in ("network", "layer", "dimension")}


def summary_columns() -> dict[str, tuple[Metric, Column]]:
    """Return the columns of the summary by their name, in their order: a metric on a subset each."""
    found = [
        (metric, column)
        for metric in METRICS.values()
        if metric.of == "predictions" and metric.over == "sweep"
        for column in metric.columns
    ]
    return {
        metric.name if column.subset == "all" else f"{metric.name}_{column.subset}": (metric, column)
        for metric, column in sorted(found, key=lambda shown: shown[1].order)
    }


for _metric in (
    *accuracy.METRICS,
    *half_level.METRICS,
    *orbit.METRICS,
    *errors.METRICS,
    *consistency.METRICS,
    *calibration.METRICS,
    *probability.METRICS,
    *intact.METRICS,
    *label_sets.METRICS,
    *FEATURE_METRICS,
    *COSTS,
):
    register_metric(_metric)
