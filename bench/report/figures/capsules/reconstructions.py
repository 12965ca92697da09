"""What the decoder draws from one capsule."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures import introspection
from runbench.report.figures.registry import SAMPLES, register_figure
from runbench.store.introspection import Absent, Array, Reconstructions

MOST_RECONSTRUCTIONS, MOST_FAILURES = 12, 5


@register_figure("reconstructions", section="capsules", order=100, needs=(SAMPLES,))
def reconstructions(tables: SuiteTables) -> Iterator[ReportFigure | str]:
    """Draw what decoders make of the capsules of test images."""
    models = introspection.reconstructions(tables.samples)
    earlier = introspection.elsewhere(introspection.same_arrays(models), tables.earlier)
    yield from introspection.shown_elsewhere("The same networks, so not drawn again: reconstructions", earlier)
    for name, group in models.items():
        if name not in earlier:
            yield _of_model(tables, name, group, tables.samples.introspections[name].absent)


def _of_model(tables: SuiteTables, model: str, group: Reconstructions, absent: Absent | None) -> ReportFigure:
    place = _place(tables)
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
            plots.plot_reconstructed_digits,
            images,
            labels,
            predicted,
            by_label,
            by_prediction,
            None if absent is None else absent.reconstruction_absent[shown],
            None if absent is None else absent.reconstruction_absent_class[shown],
        )
    return ReportFigure(
        f"{tables.suite.name}-reconstructions-{model}",
        f"Reconstructions of {model}",
        caption,
        draw,
        _reconstruction_rows(model, group),
    )


def _place(tables: SuiteTables) -> str:
    """Say at which level images are reconstructed: amid what augmented training covers; empty for a set."""
    suite, levels = tables.suite, tables.samples.levels
    level = levels[suite.middle_of(levels.tolist())]
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
