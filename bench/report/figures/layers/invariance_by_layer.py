"""How much each layer notices of the change, over the sweep."""

from __future__ import annotations

from collections.abc import Iterator

from runbench.formatting import MINUS
from runbench.plots import Profile
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.layers.profiles import SELDOM, Told, profiles
from runbench.report.figures.registry import register_figure


@register_figure("invariance-by-layer", section="layers", order=120)
def invariance_by_layer(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how much each layer notices of the change, over the sweep or of a set."""
    told = _of_orbit(tables) if tables.suite.axis else _of_set(tables)
    dead = tables.measured("dead_units").assign(metric="dead units")
    yield from profiles(tables, "invariance-by-layer", "Invariance, layer by layer", told, dead)


def _of_orbit(tables: SuiteTables) -> list[Told]:
    return [
        (
            Profile("normalised variance", tables.measured("normalised_variance")),
            "Normalised variance: how much units vary along an image's orbit, all its versions in the sweep, over "
            "how much they vary between images (0 is invariant).",
        ),
        (
            Profile("conditional firing ratio", tables.measured("firing_ratio"), "log", 1.0, SELDOM),
            "Conditional firing ratio: how much more often units fire along the orbit of images at which they "
            "fire than at large (1, dashed, is chance; 100 is invariant).",
        ),
    ]


def _of_set(tables: SuiteTables) -> list[Told]:
    return [
        (
            Profile("invariance error", tables.measured("feature_distance")),
            "Invariance error: distance of the features of the changed and the unchanged image, over the mean "
            "distance of those of different images (0 is invariant, 1 no closer than another image).",
        ),
        (
            Profile("pose decodability", tables.measured("pose_decodability"), least=-1.0),
            "Pose decodability: share of the variance of the change's parameters that a linear map of the "
            "features explains on images that did not fit it (0: the pose is lost; less than "
            f"{MINUS}1 stands at the edge).",
        ),
    ]
