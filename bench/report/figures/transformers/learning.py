"""How spatial transformers learn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.report.figures.transformers.theta import theta_rows

MOST_WATCHED = 8


@register_figure("learning", section="transformers", order=120, needs=(SAMPLES,))
def learning(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw what transformers make of the same images through their training."""
    models = introspection.learning(tables.samples)
    earlier = introspection.elsewhere(introspection.same_arrays(models), tables.earlier)
    yield from introspection.shown_elsewhere("The same networks, so not drawn again: training", earlier)
    yield from introspection.left_out(tables.samples, lambda model: model.transforms)
    for name, group in models.items():
        if name in earlier:
            continue
        watched, attended = group.watched[:MOST_WATCHED], group.attended_by_epoch[:, :MOST_WATCHED]
        theta = group.theta_by_epoch[:, :MOST_WATCHED]
        yield ReportFigure(
            f"{tables.suite.name}-learning-{name}",
            f"How the transformer of {name} learns",
            f"The same images through the training of {name}: on top the input, below what the transformer passes "
            "on. The animation has a frame per epoch (of many, an even choice), with theta under each image; the "
            "outline on the input is where the transformer looks, its thick side what comes out at the top.",
            partial(plots.plot_learning, watched, attended, group.theta_epochs),
            theta_rows({name: group}),
            partial(plots.animate_learning, watched, attended, theta, group.theta_epochs),
        )
