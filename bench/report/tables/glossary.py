"""What every metric means."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.report.tables.table import NOTHING, Entry, Table


def glossary(measured: Collection[str]) -> Table:
    """Define every metric of predictions, and those of features that are among `measured`."""
    shown = [
        *prediction_metrics().values(),
        *(metric for metric in feature_metrics().values() if metric.name in measured),
    ]
    rows = [
        (
            Entry(metric.title, metric.name),
            Entry("over one level" if metric.over == "level" else "over the sweep", _OF.get(metric.of, "")),
            Entry(f"{metric.definition}{f' Floor: {metric.floor}.' if metric.floor else ''}"),
            Entry(
                NOTHING if metric.better == "neither" else metric.better,
                f"{metric.interval} interval" if metric.of == "predictions" else "",
            ),
            Entry(metric.source or NOTHING),
        )
        for metric in shown
    ]
    return Table(("metric", "computed", "definition", "good", "source"), tuple(rows), reading=True)


_OF: Mapping[str, str] = {
    "network": "of the network",
    "layer": "of each layer",
    "dimension": "of each dimension of a capsule",
}
"""What a metric of features is of."""
