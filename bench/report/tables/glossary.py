"""What every metric means."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.report.tables.table import NOTHING, Entry, Table


def glossary(measured: Collection[str]) -> Table:
    """Define every metric of predictions, and those of features that are among `measured`."""
    rows = [
        (
            Entry(metric.title, metric.name),
            Entry(f"over one {metric.over}" if metric.over == "level" else "over the sweep"),
            Entry(metric.definition),
            Entry(_direction(metric.better), f"{metric.interval} interval"),
            Entry(metric.source or NOTHING),
        )
        for metric in prediction_metrics().values()
    ]
    rows += [
        (
            Entry(metric.title, metric.name),
            Entry(f"over one {metric.over}" if metric.over == "level" else "over the sweep", _OF[metric.of]),
            Entry(f"{metric.definition}{f' Floor: {metric.floor}.' if metric.floor else ''}"),
            Entry(_direction(metric.better)),
            Entry(metric.source or NOTHING),
        )
        for metric in feature_metrics().values()
        if metric.name in measured
    ]
    return Table(("metric", "computed", "definition", "good", "source"), tuple(rows), reading=True)


_OF: Mapping[str, str] = {
    "network": "of the network",
    "layer": "of each layer",
    "dimension": "of each dimension of a capsule",
}
"""What a metric of features is of."""


def _direction(better: str) -> str:
    return NOTHING if better == "neither" else better
