"""Every metric by its name."""

from __future__ import annotations

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
from runbench.plugins import load_entry_points
from runbench.registration import Registry, whole_or_not_at_all

GROUP = "runbench.metrics"
"""The group of entry points by which an installed package brings metrics."""


def _with_mean(metric: Metric) -> tuple[Metric, ...]:
    return (metric, metric.mean) if metric.averaged else (metric,)


_BUILT_IN = (
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
)

METRICS = Registry("metric", ((one.name, one) for metric in _BUILT_IN for one in _with_mean(metric)))
"""Every metric, those that are means over the sweep among them."""


def register_metric(metric: Metric) -> Metric:
    """Add a metric, and its mean over the sweep if it has one; raise RegistrationError where a name is taken."""
    with whole_or_not_at_all():
        for one in _with_mean(metric):
            METRICS.add(one.name, one)
    return metric


def load_metrics() -> tuple[str, ...]:
    """Import what installed packages bring, where it registers itself; return a line for each broken one."""
    return tuple(map(str, load_entry_points(GROUP)))


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
