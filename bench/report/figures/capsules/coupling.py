"""Where the winning capsule's votes come from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from runbench import plots
from runbench.formatting import listed
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Coupling, Introspection
from runbench.store.samples import StoredSamples

MOST_SAMPLES = 4

STRETCHED = "The map is stretched over the whole image; a position's field of view is larger than its square."

PLACED = "Each square lies where the position's field of view, which is larger, has its centre."


@register_figure("coupling", section="capsules", order=120, needs=(SAMPLES,))
def coupling(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw how strongly each position is coupled to the predicted class's capsule."""
    suite, samples = tables.suite, tables.samples
    models = introspection.capsules(samples)
    yield from introspection.left_out(samples, lambda model: model.has_capsules)
    groups = introspection.stored(models, lambda model: model.coupling)
    if not groups:
        return
    levels = next(iter(groups.values())).coupling_levels
    # Models of one suite look at the same levels; one that does not cannot stand below the same images.
    groups = {name: group for name, group in groups.items() if np.array_equal(group.coupling_levels, levels)}
    ends = [0, 1] if suite.axis and levels[0] != levels[1] else [1]
    shown = introspection.even_places(len(samples.images), MOST_SAMPLES if len(ends) == 2 else 2 * MOST_SAMPLES)
    places = np.array([int(np.abs(samples.levels - level).argmin()) for level in levels])
    sample, end = (index.ravel() for index in np.meshgrid(shown, ends, indexing="ij"))
    lattices = {name: _lattice(models[name]) for name in groups}
    written = [plots.level_text(float(level)) for level in levels]
    both = f"each sample at the identity ({suite.axis} {written[0]}) and at {written[1]}"
    yield ReportFigure(
        f"{suite.name}-coupling",
        "Where the winning capsule's votes come from",
        "Coupling coefficients from the primary capsules to the predicted class's capsule in "
        f"{listed(list(groups))}, mean over the capsule types at each position: "
        f"{both if len(ends) == 2 else 'samples'}. White: the outline of what is in the image. Routing begins "
        f"with one over the number of classes everywhere. {STRETCHED if None in lattices.values() else PLACED}",
        partial(
            plots.plot_coupling,
            samples.images[sample, places[end]],
            [written[place] for place in end] if suite.axis else [],
            suite.axis,
            {name: group.coupling[sample, end] for name, group in groups.items()},
            lattices,
        ),
        introspection.rows_of_models(groups, partial(_rows, samples)),
    )


def _lattice(model: Introspection) -> tuple[float, float] | None:
    if model.lattice is None:
        return None
    pitch, offset = model.lattice.coupling_lattice
    return float(pitch), float(offset)


def _rows(samples: StoredSamples, group: Coupling) -> introspection.Columns:
    """Return a row per sample and level: the mean, the least and the highest coupling over positions."""
    flat = group.coupling.reshape(2 * len(samples.sample), -1).astype(np.float64)
    return {
        "sample": np.repeat(samples.sample, 2),
        "level": np.tile(group.coupling_levels, len(samples.sample)),
        "mean": flat.mean(axis=1),
        "lowest": flat.min(axis=1),
        "highest": flat.max(axis=1),
    }
