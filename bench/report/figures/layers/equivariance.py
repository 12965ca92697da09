"""Equivariance by layer and level."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.formatting import listed
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.layers.profiles import ORDER, error_over_floor, first_models, images
from runbench.report.figures.registry import register_figure


@register_figure("layers-equivariance", section="layers", order=130)
def equivariance(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw how far each layer is from moving with the image, over what resampling costs."""
    yield from _measured_where(tables)
    errors = error_over_floor(tables.measured("equivariance_error"))
    if errors["ratio"].isna().all() or errors["level"].nunique() < 2:
        return
    drawn, left_out = first_models(errors)
    exact = " (the next figure shows the error itself)" * bool(len(tables.measured("exact_equivariance_error")))
    yield ReportFigure(
        f"{tables.suite.name}-layers-equivariance",
        f"Equivariance error by layer and {tables.suite.axis}",
        "Distance of the features of the moved image from the moved features of the image, over its floor: what "
        "moving these features there and back costs by resampling alone. At 1 or less a layer moves with the "
        "image as well as resampling lets one see, at 10 it misses by ten times that. Hatched: nothing is "
        f"resampled, so there is no ratio{exact}, or no unit is free of the image's border. {ORDER} One scale of "
        f"colours, a logarithmic one, for all models. {images(errors)}{left_out}",
        partial(
            plots.plot_ratio_maps,
            drawn.assign(value=drawn["ratio"]),
            tables.suite,
            "equivariance error over its floor",
        ),
        errors,
    )


def _measured_where(tables: SuiteTables) -> Iterator[str]:
    """Say of which layers equivariance is measured, where it is."""
    placed = set(tables.measured("equivariance_error")["model"])
    measured = dict.fromkeys(tables.measured("feature_distance")["model"])
    nowhere = [model for model in measured if model not in placed]
    if placed:
        without = f"; {listed(nowhere)} {'have' if len(nowhere) > 1 else 'has'} none" if nowhere else ""
        yield (
            "Equivariance is measured of layers whose units have a fixed place in the image, so not behind a "
            f"spatial transformer or another change of coordinates, nor of layers without a map{without}."
        )
