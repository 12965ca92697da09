"""A section's pictures of what spatial transformers see."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.formatting import MINUS, listed
from runbench.metrics.features.angles import circular_correlations, recovered_angles
from runbench.report import captions
from runbench.report.exhibit import Exhibit, Family, SuiteTables
from runbench.report.figures import inside
from runbench.report.figures.inside import Drawn
from runbench.report.figures.recovered import recovered_by_level
from runbench.store.introspection import Attended, Introspection, Learning
from runbench.store.samples import StoredSamples

SAMPLES_ALONG_AXIS, SAMPLES_OF_SET, MOST_WATCHED = 2, 10, 8
WHOLE_TURN = 360.0

Models = Mapping[str, Introspection]


def family(tables: SuiteTables, gallery: StoredSamples, drawn: Drawn) -> Iterator[Family]:
    """Show what there is of spatial transformers, if anything."""
    models, others = inside.shown_of(gallery, lambda portrait: portrait.transforms)
    learning = {name: portrait.learning for name, portrait in models.items() if portrait.learning is not None}
    learning = {name: group for name, group in learning.items() if len(group.theta_epochs) > 1}
    keys = {name: inside.fingerprint(name, group) for name, group in learning.items()}
    first, elsewhere = inside.first_time(keys, tables.suite.name, drawn)
    here = {name: learning[name] for name in first}
    exhibits = (
        *_attended(tables, gallery, models),
        *_recovered(tables, gallery, models),
        *_learning(tables, here),
        *_theta(tables, here),
    )
    notes = (
        *inside.shown_elsewhere("The same networks, so not drawn again: training", elsewhere),
        *inside.left_out(others),
    )
    if exhibits or elsewhere:
        yield Family("transformers", "What the spatial transformers see", exhibits, notes)


def _attended(tables: SuiteTables, gallery: StoredSamples, models: Models) -> Iterator[Exhibit]:
    passed = {name: portrait.attended for name, portrait in models.items() if portrait.attended is not None}
    if not passed:
        return
    suite = tables.suite
    shown = inside.even_places(len(gallery.images), SAMPLES_ALONG_AXIS if suite.axis else SAMPLES_OF_SET)
    images, labels = gallery.images[shown], gallery.labels[shown]
    outputs = {name: group.attended[shown] for name, group in passed.items()}
    if suite.axis:
        draw = partial(plots.plot_attended_along_axis, images, gallery.levels, labels, outputs, suite)
    else:
        first = {name: output[:, 0] for name, output in outputs.items()}
        draw = partial(plots.plot_attended, images[:, 0], labels, first)
    where = f"along the {suite.axis}" if suite.axis else "of the set"
    yield Exhibit(
        f"{suite.name}-attended",
        "Input and output of the transformer",
        f"Test images {where} and, below each, what the spatial transformer of "
        f"{listed(list(passed))} passes on to the rest of the network. A transformer that undoes the change "
        "passes on the same image everywhere.",
        draw,
        _attended_rows(gallery, shown, passed),
    )


def _attended_rows(gallery: StoredSamples, shown: list[int], passed: Mapping[str, Attended]) -> pd.DataFrame:
    """Return a row per model, sample and level: how far the output is from that at the level before.

    `change` is the mean absolute difference of grey values, 0 to 255; null at the first level.
    """
    parts = []
    for model, group in passed.items():
        output = group.attended[shown].astype(np.float64)
        steps = np.abs(np.diff(output, axis=1)).mean(axis=(2, 3, 4))
        change = np.concatenate([np.full((len(shown), 1), np.nan), steps], axis=1)
        count = len(gallery.levels)
        columns = {
            "model": model,
            "sample": np.repeat(gallery.sample[shown], count),
            "level": np.tile(gallery.levels, len(shown)),
            "change": change.ravel(),
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _recovered(tables: SuiteTables, gallery: StoredSamples, models: Models) -> Iterator[Exhibit]:
    suite = tables.suite
    chosen = {name: portrait.theta for name, portrait in models.items() if portrait.theta is not None}
    if suite.period != WHOLE_TURN or len(gallery.levels) < 2:
        return
    angles = {
        name: recovered_angles(group.theta, gallery.levels, suite.identity) for name, group in chosen.items()
    }
    angles = {name: recovered for name, recovered in angles.items() if len(recovered)}
    if not angles:
        return
    table = recovered_by_level(angles, gallery.levels, suite.identity)
    correlations = {
        name: float(circular_correlations(recovered, gallery.levels[None], np.ones((1, len(recovered))))[0])
        for name, recovered in angles.items()
    }
    table["correlation"] = table["model"].map(correlations)
    written = {
        name: "not defined" if math.isnan(value) else f"{value:.2f}".replace("-", MINUS)
        for name, value in correlations.items()
    }
    names = list(angles)
    yield Exhibit(
        f"{suite.name}-recovered",
        f"Recovered against applied {suite.axis}",
        "By how much further the transformer turns its view than at the identity (the rotation nearest to the "
        f"matrix that it chose), against the {suite.axis} that was applied: circular mean over "
        f"{_counts(table)} images, bands where half of them lie. The dashed diagonal is a perfect "
        "canonicaliser; a level line is a transformer that does not react. The axes close: what leaves at the top "
        "comes back at the foot. Circular correlation over all images and levels (Fisher & Lee 1983): "
        f"{listed([f'{value} for {name}' for name, value in written.items()])}. "
        f"{captions.looks(_rows_of(tables, names), _looks_of(tables, names))}".rstrip(),
        partial(plots.plot_recovered, table, suite, tables.looks),
        table,
    )


def _counts(table: pd.DataFrame) -> str:
    counts = sorted({int(count) for count in table["count"]})
    return listed([str(count) for count in counts])


def _rows_of(tables: SuiteTables, models: list[str]) -> pd.DataFrame:
    return tables.models[tables.models["model"].isin(models)]


def _looks_of(tables: SuiteTables, models: list[str]) -> plots.Looks:
    return {name: look for name, look in tables.looks.items() if name in models}


def _learning(tables: SuiteTables, models: Mapping[str, Learning]) -> Iterator[Exhibit]:
    for name, group in models.items():
        watched, attended = group.watched[:MOST_WATCHED], group.attended_by_epoch[:, :MOST_WATCHED]
        theta = group.theta_by_epoch[:, :MOST_WATCHED]
        yield Exhibit(
            f"{tables.suite.name}-learning-{name}",
            f"How the transformer of {name} learns",
            f"The same images through the training of {name}: on top the input, below what the transformer passes "
            "on. The animation has a frame per epoch (of many, an even choice), with theta under each image; the "
            "outline on the input is where the transformer looks, its thick side what comes out at the top.",
            partial(plots.plot_learning, watched, attended, group.theta_epochs),
            _theta_rows({name: group}),
            partial(plots.animate_learning, watched, attended, theta, group.theta_epochs),
        )


def _theta(tables: SuiteTables, models: Mapping[str, Learning]) -> Iterator[Exhibit]:
    if not models:
        return
    table = _theta_rows(models)
    names = list(models)
    yield Exhibit(
        f"{tables.suite.name}-theta",
        "Theta through training",
        "The entries of theta against the epoch, each where it stands in the matrix from output to input "
        "coordinates (x right, y down, the edges at -1 and 1): the last column shifts, the first two turn, scale "
        "and slant. Thin lines are single images, a bold line their mean; lines that lie on each other are a "
        "transformer that does the same to every image. Dashed: the matrix that changes nothing. "
        f"{captions.looks(_rows_of(tables, names), _looks_of(tables, names))}".rstrip(),
        partial(plots.plot_theta, table, tables.looks),
        table,
    )


def _theta_rows(models: Mapping[str, Learning]) -> pd.DataFrame:
    """Return a row per model, epoch, image and entry, row and column from 1; the third only if it is not 0 0 1."""
    parts = []
    for model, group in models.items():
        theta = group.theta_by_epoch
        place = np.indices(theta.shape)
        columns = {
            "model": model,
            "epoch": group.theta_epochs[place[0].ravel()],
            "image": place[1].ravel(),
            "row": place[2].ravel() + 1,
            "column": place[3].ravel() + 1,
            "value": theta.ravel(),
        }
        parts.append(pd.DataFrame(columns))
    table = pd.concat(parts, ignore_index=True)
    last = table[table["row"] == 3]
    affine = np.allclose(last["value"], (last["column"] == 3).astype(float), equal_nan=True)
    return table[table["row"] < 3].reset_index(drop=True) if affine else table
