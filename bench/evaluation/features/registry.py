"""Every feature metric in the order of its rows: those of this folder, and those registered from outside."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from runbench.evaluation import features
from runbench.evaluation.features.feature_metric import FEATURE_METRICS, FeatureMetric


def feature_metrics() -> list[type[FeatureMetric]]:
    """Return the registered classes in rising order; each file of this folder registers its own when imported."""
    for module in iter_modules(features.__path__):
        import_module(f"{features.__name__}.{module.name}")
    return sorted(FEATURE_METRICS.values(), key=lambda metric: metric.order)
