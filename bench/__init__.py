"""Measure what happens to a vision model when its input is transformed.

Every name is imported when it is first used, so importing the package loads neither torch nor pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbench.analysis.comparison.compare import compare
    from runbench.data.catalogue import DatasetSpec, register_dataset
    from runbench.evaluation.evaluate import evaluate
    from runbench.evaluation.evaluation import Evaluation
    from runbench.evaluation.features.feature_metric import FeatureMetric, register_feature_metric
    from runbench.metrics.metric import Metric
    from runbench.metrics.registry import register_metric
    from runbench.models.base import Classifier
    from runbench.models.registry import register_model
    from runbench.models.spec import ModelSpec
    from runbench.pipeline.listing import Listing, list_datasets, list_metrics, list_models, list_suites
    from runbench.pipeline.running import run
    from runbench.report.figure import ReportFigure, SuiteTables
    from runbench.report.figures.registry import register_figure
    from runbench.report.plotting import plot
    from runbench.report.writing import write_report
    from runbench.store.run import StoredRun, open_run
    from runbench.suites import Suite, register_suite

__version__ = "0.4.0"

__all__ = [
    "Classifier",
    "DatasetSpec",
    "Evaluation",
    "FeatureMetric",
    "Listing",
    "Metric",
    "ModelSpec",
    "ReportFigure",
    "StoredRun",
    "Suite",
    "SuiteTables",
    "compare",
    "evaluate",
    "list_datasets",
    "list_metrics",
    "list_models",
    "list_suites",
    "open_run",
    "plot",
    "register_dataset",
    "register_feature_metric",
    "register_figure",
    "register_metric",
    "register_model",
    "register_suite",
    "run",
    "write_report",
]

_MODULES = {
    "Classifier": "models.base",
    "DatasetSpec": "data.catalogue",
    "Evaluation": "evaluation.evaluation",
    "FeatureMetric": "evaluation.features.feature_metric",
    "Listing": "pipeline.listing",
    "Metric": "metrics.metric",
    "ModelSpec": "models.spec",
    "ReportFigure": "report.figure",
    "StoredRun": "store.run",
    "Suite": "suites",
    "SuiteTables": "report.figure",
    "compare": "analysis.comparison.compare",
    "evaluate": "evaluation.evaluate",
    "list_datasets": "pipeline.listing",
    "list_metrics": "pipeline.listing",
    "list_models": "pipeline.listing",
    "list_suites": "pipeline.listing",
    "open_run": "store.run",
    "plot": "report.plotting",
    "register_dataset": "data.catalogue",
    "register_feature_metric": "evaluation.features.feature_metric",
    "register_figure": "report.figures.registry",
    "register_metric": "metrics.registry",
    "register_model": "models.registry",
    "register_suite": "suites",
    "run": "pipeline.running",
    "write_report": "report.writing",
}
"""The module of every public name, in the order of `__all__`."""


def __getattr__(name: str) -> object:
    """Import a public name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
