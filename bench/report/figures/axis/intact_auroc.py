"""Whether confidence tells whole objects from broken ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import AXIS, register_figure

CHANCE = 0.5
"""The area under the ROC curve of a confidence that tells nothing apart."""


@register_figure("intact-auroc", order=150, needs=(AXIS,))
def intact_auroc(tables: SuiteTables) -> Iterator[ReportFigure]:
    """Draw how well confidence tells whole objects from broken ones."""
    suite, areas = tables.suite, tables.curves("intact_auroc")
    if areas["level"].nunique() < 2:
        return
    yield ReportFigure(
        f"{suite.name}-intact-auroc",
        "Does the model notice that the object is broken?",
        "How well a model's confidence tells intact images from changed ones, as the area under the ROC curve: "
        "the chance that an intact image gets more confidence than one changed by the level. At 1 confidence "
        "always drops; near 0.5, the dashed line, the model trusts the presence of parts as much as their "
        "arrangement; below it, the model is surer of broken objects than of whole ones. "
        f"{captions.styles(tables)} {captions.bands(areas, 'bootstrap over images')}",
        partial(
            plots.plot_beside_chance,
            areas,
            suite,
            tables.styles,
            "area under the ROC curve, intact or not",
            CHANCE,
        ),
        areas,
    )
