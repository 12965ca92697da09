"""A section's pictures of what capsules hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.formatting import listed
from runbench.report.exhibit import Exhibit, Family, SuiteTables
from runbench.report.figures import inside
from runbench.report.figures.inside import Drawn
from runbench.store.introspection import Absent, Array, Coupling, Dimensions, Introspection, Reconstructions
from runbench.store.samples import StoredSamples

MOST_RECONSTRUCTIONS, MOST_FAILURES, MOST_DIGITS, MOST_SAMPLES = 12, 5, 2, 4

STRETCHED = "The map is stretched over the whole image; a position's field of view is larger than its square."
PLACED = "Each square lies where the position's field of view, which is larger, has its centre."

Models = Mapping[str, Introspection]


def family(tables: SuiteTables, gallery: StoredSamples, drawn: Drawn) -> Iterator[Family]:
    """Show what there is of capsules, if anything."""
    models, others = inside.shown_of(gallery, lambda portrait: portrait.has_capsules)
    suite = tables.suite.name
    drawings = {name: item.reconstructions for name, item in models.items() if item.reconstructions is not None}
    moved = {name: item.dimensions for name, item in models.items() if item.dimensions is not None}
    seen = {name: inside.fingerprint(name, group) for name, group in drawings.items()}
    reconstructed, drawn_elsewhere = inside.first_time(seen, suite, drawn)
    # One picture of the dimensions per model is enough for a run, whatever the suite that it was trained for.
    opened, moved_elsewhere = inside.first_time({name: ("dimensions", name) for name in moved}, suite, drawn)
    exhibits = (
        *(
            exhibit
            for name in reconstructed
            for exhibit in _reconstructions(
                tables, name, drawings[name], models[name].absent, _place(tables, gallery)
            )
        ),
        *(exhibit for name in opened for exhibit in _dimensions(tables, name, moved[name])),
        *_coupling(tables, gallery, models),
    )
    notes = (
        *inside.shown_elsewhere("The same networks, so not drawn again: reconstructions", drawn_elsewhere),
        *inside.shown_elsewhere("Drawn once in a run: the dimensions of the capsules", moved_elsewhere),
        *inside.left_out(others),
    )
    if exhibits or drawn_elsewhere or moved_elsewhere:
        yield Family("capsules", "What the capsules hold", exhibits, notes)


def _reconstructions(
    tables: SuiteTables, model: str, group: Reconstructions, absent: Absent | None, place: str
) -> Iterator[Exhibit]:
    wrong = _wrong(group)
    shown = _with_failures(wrong)
    images, labels = group.reconstruction_images[shown], group.reconstruction_labels[shown]
    predicted = group.reconstruction_predicted[shown]
    by_label, by_prediction = group.reconstruction_by_label[shown], group.reconstruction_by_prediction[shown]
    failures = int(wrong[shown].sum())
    among = f"{failures} of them failures (filled box)" if failures else "no failure among them"
    if labels.shape[1] == 1:
        caption = (
            f"Test images{place}, {among}, and what the decoder of {model} draws from one capsule alone: "
            "that of the label and that of the predicted class. Where the two differ, the drawings show what the "
            "network took the image for."
        )
        draw = partial(
            plots.plot_reconstructions, images, labels[:, 0], predicted[:, 0], by_label[:, 0], by_prediction[:, 0]
        )
    else:
        not_there = (
            " In a frame: what the capsule of a digit draws that is not in the image, from which a network that "
            "tells the two apart should draw nothing of them."
        ) * (absent is not None)
        caption = (
            f"Test images of two digits{place}, {among}, and what the decoder of {model} draws from one "
            "capsule at a time: the first digit in orange, the second in blue, white where both have ink. Above "
            f"from the labels' capsules, below from the predicted classes'.{not_there}"
        )
        draw = partial(
            plots.plot_reconstructed_pairs,
            images,
            labels,
            predicted,
            by_label,
            by_prediction,
            None if absent is None else absent.reconstruction_absent[shown],
            None if absent is None else absent.reconstruction_absent_class[shown],
        )
    yield Exhibit(
        f"{tables.suite.name}-reconstructions-{model}",
        f"Reconstructions of {model}",
        caption,
        draw,
        _reconstruction_rows(model, group),
    )


def _place(tables: SuiteTables, gallery: StoredSamples) -> str:
    """Say at which level images are reconstructed: amid what augmented training covers; empty for a set."""
    suite = tables.suite
    level = gallery.levels[suite.middle_of(gallery.levels.tolist())]
    return f" at a level of {plots.level_text(float(level))} ({suite.axis})" if suite.axis else ""


def _wrong(group: Reconstructions) -> Array:
    """Say of each image (R,) whether an answer is not among its labels."""
    labels, predicted = group.reconstruction_labels, group.reconstruction_predicted
    wrong: Array = (np.sort(labels, axis=1) != np.sort(predicted, axis=1)).any(axis=1)
    return wrong


def _with_failures(wrong: Array) -> Array:
    """Return which images to show, in their order: some failures and, for the rest, images that are right."""
    failed, right = np.flatnonzero(wrong), np.flatnonzero(~wrong)
    kept = failed[: max(MOST_FAILURES, MOST_RECONSTRUCTIONS - len(right))]
    return np.sort(np.concatenate([kept, right[: MOST_RECONSTRUCTIONS - len(kept)]]))[:MOST_RECONSTRUCTIONS]


def _reconstruction_rows(model: str, group: Reconstructions) -> pd.DataFrame:
    """Return a row per image with its classes and how far the drawings together are from it.

    Errors are mean squared differences of grey values from 0 to 1; drawings of two digits are added and cut at 1.
    """
    target = group.reconstruction_images / 255
    errors = {
        name: ((np.minimum(drawings.sum(axis=1) / 255, 1) - target) ** 2).mean(axis=(1, 2, 3))
        for name, drawings in (
            ("error_by_label", group.reconstruction_by_label),
            ("error_by_prediction", group.reconstruction_by_prediction),
        )
    }
    names = ("", "_2")[: group.reconstruction_labels.shape[1]]
    columns = {"model": model, "image": np.arange(len(target))}
    columns |= {f"label{name}": group.reconstruction_labels[:, place] for place, name in enumerate(names)}
    columns |= {f"predicted{name}": group.reconstruction_predicted[:, place] for place, name in enumerate(names)}
    return pd.DataFrame(columns | {"failed": _wrong(group)} | errors)


def _dimensions(tables: SuiteTables, model: str, group: Dimensions) -> Iterator[Exhibit]:
    shown = inside.even_places(len(group.dimensions), MOST_DIGITS)
    low, high = (plots.level_text(round(float(end), 6)) for end in group.dimension_steps[[0, -1]])
    yield Exhibit(
        f"{tables.suite.name}-dimensions-{model}",
        f"What each dimension of a capsule of {model} draws",
        f"A digit's capsule in {model}, one dimension at a time moved by {low} to {high}, and what the decoder "
        "draws from it: a row per dimension. In the middle nothing is moved.",
        partial(
            plots.plot_dimensions, group.dimensions[shown], group.dimension_labels[shown], group.dimension_steps
        ),
        _dimension_rows(model, group),
    )


def _dimension_rows(model: str, group: Dimensions) -> pd.DataFrame:
    """Return a row per digit, dimension and step: how much the drawing differs from that of the least step.

    `change` is the mean absolute difference of grey values, 0 to 255.
    """
    drawings = group.dimensions.astype(np.float64)
    still = int(np.abs(group.dimension_steps).argmin())
    change = np.abs(drawings - drawings[:, :, still, None]).mean(axis=(3, 4, 5))
    digit, dimension, step = (place.ravel() for place in np.indices(change.shape))
    return pd.DataFrame(
        {
            "model": model,
            "digit": digit,
            "label": group.dimension_labels[digit],
            "dimension": dimension + 1,
            "step": group.dimension_steps[step],
            "change": change.ravel(),
        }
    )


def _coupling(tables: SuiteTables, gallery: StoredSamples, models: Models) -> Iterator[Exhibit]:
    suite = tables.suite
    groups = {name: item.coupling for name, item in models.items() if item.coupling is not None}
    if not groups:
        return
    levels = next(iter(groups.values())).coupling_levels
    # Models of one suite look at the same levels; one that does not cannot stand below the same images.
    groups = {name: group for name, group in groups.items() if np.array_equal(group.coupling_levels, levels)}
    ends = [0, 1] if suite.axis and levels[0] != levels[1] else [1]
    shown = inside.even_places(len(gallery.images), MOST_SAMPLES if len(ends) == 2 else 2 * MOST_SAMPLES)
    places = np.array([int(np.abs(gallery.levels - level).argmin()) for level in levels])
    sample, end = (index.ravel() for index in np.meshgrid(shown, ends, indexing="ij"))
    lattices = {name: _lattice(models[name]) for name in groups}
    written = [plots.level_text(float(level)) for level in levels]
    both = f"each sample at the identity ({suite.axis} {written[0]}) and at {written[1]}"
    yield Exhibit(
        f"{suite.name}-coupling",
        "Where the winning capsule's votes come from",
        "Coupling coefficients from the primary capsules to the predicted class's capsule in "
        f"{listed(list(groups))}, mean over the capsule types at each position: "
        f"{both if len(ends) == 2 else 'samples'}. White: the outline of what is in the image. Routing begins "
        f"with one over the number of classes everywhere. {STRETCHED if None in lattices.values() else PLACED}",
        partial(
            plots.plot_coupling,
            gallery.images[sample, places[end]],
            [written[place] for place in end] if suite.axis else [],
            suite.axis,
            {name: group.coupling[sample, end] for name, group in groups.items()},
            lattices,
        ),
        _coupling_rows(gallery, groups),
    )


def _lattice(portrait: Introspection) -> tuple[float, float] | None:
    if portrait.lattice is None:
        return None
    pitch, offset = portrait.lattice.coupling_lattice
    return float(pitch), float(offset)


def _coupling_rows(gallery: StoredSamples, groups: Mapping[str, Coupling]) -> pd.DataFrame:
    """Return a row per model, sample and level: the mean, the least and the highest coupling over positions."""
    parts = []
    for model, group in groups.items():
        flat = group.coupling.reshape(-1, group.coupling.shape[2] * group.coupling.shape[3]).astype(np.float64)
        columns = {
            "model": model,
            "sample": np.repeat(gallery.sample, 2),
            "level": np.tile(group.coupling_levels, len(gallery.sample)),
            "mean": flat.mean(axis=1),
            "lowest": flat.min(axis=1),
            "highest": flat.max(axis=1),
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
