"""Every feature metric in the order of its rows: those of this folder, and those registered from outside."""

from __future__ import annotations

from runbench.evaluation.features.feature_metric import FEATURE_METRICS, FeatureMetric


def feature_metrics() -> list[type[FeatureMetric]]:
    """Return the registered classes in rising order."""
    return sorted(FEATURE_METRICS.values(), key=lambda metric: metric.order)
