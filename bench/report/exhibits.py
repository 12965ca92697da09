"""A suite's figures in reading order, each with its caption and the table it was drawn from."""

from __future__ import annotations

from collections.abc import Iterator

from runbench.report.exhibit import Exhibit, Family, SuiteTables
from runbench.report.figures import (
    along_axis,
    capsules,
    layers,
    on_set,
    pairs,
    probabilities,
    resources,
    samples,
    transformers,
)
from runbench.report.figures.inside import Drawn
from runbench.store.samples import StoredSamples


def exhibits(tables: SuiteTables, gallery: StoredSamples | None) -> Iterator[Exhibit]:
    """Describe every figure that the stored rows are enough for."""
    shown = gallery if gallery is not None and gallery.predicted and len(gallery.images) else None
    yield from (_along_axis if tables.suite.axis else _on_set)(tables, shown)
    yield from pairs.differences(tables)
    yield from resources.costs_of_success(tables)
    yield from resources.training(tables)


def families(tables: SuiteTables, gallery: StoredSamples | None, drawn: Drawn) -> Iterator[Family]:
    """Describe what is stored of the inside of each family of models; `drawn` is what earlier suites show."""
    if gallery is not None and len(gallery.images):
        yield from transformers.family(tables, gallery, drawn)
        yield from capsules.family(tables, gallery, drawn)
    yield from layers.family(tables)


def _along_axis(tables: SuiteTables, gallery: StoredSamples | None) -> Iterator[Exhibit]:
    yield from along_axis.curves(tables)
    yield from along_axis.digits(tables)
    if gallery is not None:
        yield from samples.along_axis(tables, gallery)
        yield from probabilities.along_axis(tables, gallery)
    yield from along_axis.intactness(tables)
    yield from along_axis.orbits(tables)
    yield from along_axis.consistency(tables)
    yield from pairs.agreement(tables)
    yield from along_axis.calibration(tables)
    yield from along_axis.ambiguity(tables)


def _on_set(tables: SuiteTables, gallery: StoredSamples | None) -> Iterator[Exhibit]:
    yield from on_set.success(tables)
    yield from on_set.attained(tables)
    if gallery is not None:
        yield from samples.of_set(tables, gallery)
