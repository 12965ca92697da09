"""The angle that a spatial transformer undoes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.formatting import MINUS, listed
from runbench.metrics.features.angles import TURN, between, circular_correlations, recovered_angles
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions, introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Array

WHOLE_TURN = 360.0


@register_figure("recovered", section="transformers", order=110, needs=(SAMPLES,))
def recovered_against_applied(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw the angle that transformers undo against the angle by which images were turned."""
    suite, levels = tables.suite, tables.samples.levels
    chosen = introspection.stored(introspection.transformers(tables.samples), lambda model: model.theta)
    if suite.period != WHOLE_TURN or len(levels) < 2:
        return
    angles = {name: recovered_angles(group.theta, levels, suite.identity) for name, group in chosen.items()}
    angles = {name: recovered for name, recovered in angles.items() if len(recovered)}
    if not angles:
        return
    table = recovered_by_level(angles, levels, suite.identity)
    correlations = {
        name: float(circular_correlations(recovered, levels[None], np.ones((1, len(recovered))))[0])
        for name, recovered in angles.items()
    }
    table["correlation"] = table["model"].map(correlations)
    written = {
        name: "not defined" if math.isnan(value) else f"{value:z.2f}".replace("-", MINUS)
        for name, value in correlations.items()
    }
    counts = sorted({len(recovered) for recovered in angles.values()})
    yield ReportFigure(
        f"{suite.name}-recovered",
        f"Recovered against applied {suite.axis}",
        "By how much further the transformer turns its view than at the identity (the rotation nearest to the "
        f"matrix that it chose), against the {suite.axis} that was applied: circular mean over "
        f"{listed([str(count) for count in counts])} images, bands where half of them lie. The dashed diagonal is "
        "a perfect canonicaliser; a level line is a transformer that does not react. The axes close: what leaves "
        "at the top comes back at the foot. Circular correlation over all images and levels (Fisher & Lee 1983): "
        f"{listed([f'{value} for {name}' for name, value in written.items()])}. "
        f"{captions.styles(tables.only(angles))}",
        partial(plots.plot_recovered, table, suite, tables.styles),
        table,
    )


def recovered_by_level(recovered: Mapping[str, Array], levels: Array, identity: float) -> pd.DataFrame:
    """Return a row per model and level: the circular mean over images, and between what half of them lie.

    recovered: degrees (M, L) by model, 0 at the identity. `value` follows on from level to level without a jump of
    a whole turn; low and high are the quartiles of the deviations from it.
    """
    start = int(np.abs(levels - identity).argmin())

    def of_model(angles: Array) -> introspection.Columns:
        mean = np.degrees(np.angle(np.exp(1j * np.radians(angles)).mean(axis=0)))
        low, high = np.quantile(between(angles - mean), (0.25, 0.75), axis=0)
        value = np.unwrap(mean, period=TURN)
        value -= value[start]
        return {"level": levels, "value": value, "low": value + low, "high": value + high, "count": len(angles)}

    return introspection.rows_of_models(recovered, of_model)
