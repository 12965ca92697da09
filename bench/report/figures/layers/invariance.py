"""Invariance by layer and level."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.layers.profiles import ORDER, first_models, images
from runbench.report.figures.registry import register_figure


@register_figure("layers-invariance", section="layers", order=110)
def invariance(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how far each layer's features of changed and unchanged images lie apart."""
    distances = tables.measured("feature_distance")
    if distances["level"].nunique() < 2:
        return
    drawn, left_out = first_models(distances)
    yield ReportFigure(
        f"{tables.suite.name}-layers-invariance",
        f"Invariance error by layer and {tables.suite.axis}",
        "Distance of a layer's features of the changed and the unchanged image, over the mean distance of those "
        "of different images: 0 does not notice the change, 1 is no closer than another image. An early layer "
        "that moves with the image has an error here without having lost anything; the answer depends on the last "
        f"layers. {ORDER} One scale of colours for all models. {images(distances)}{left_out}",
        partial(plots.plot_distance_maps, drawn, tables.suite, "invariance error (1: as far as another image)"),
        distances,
    )
