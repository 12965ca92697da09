"""How far the probabilities move."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.formatting import listed
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import captions
from runbench.report.figures.registry import register_figure


@register_figure("prediction-distance", section="layers", order=100)
def prediction_distance(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw how far the probabilities for changed and unchanged images lie apart; of a set say it."""
    distances = tables.measured("prediction_distance").assign(title="Jensen-Shannon distance")
    if not tables.suite.axis and len(distances):
        written = [f"{row['value']:.3f} for {row['model']}" for row in distances.to_dict(orient="records")]
        yield f"Mean Jensen-Shannon distance of predictions for changed and unchanged images: {listed(written)}."
    if distances["level"].nunique() < 2:
        return
    yield ReportFigure(
        f"{tables.suite.name}-prediction-distance",
        f"Distance of predictions against {tables.suite.axis}",
        "How far a model's probabilities for the changed image lie from those for the unchanged one: 0 for the "
        "same probabilities, 1 for certainty of different classes. Unlike consistency it also sees a change of "
        f"confidence that leaves the answer as it is. {captions.styles(tables)} "
        f"{captions.bands(distances, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, distances, tables.suite, tables.styles),
        distances,
    )
