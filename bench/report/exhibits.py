"""A suite's figures in reading order, each with its caption and the table it was drawn from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bench import plots
from bench.plots import Looks
from bench.report import captions
from bench.report.stored import StoredGallery
from bench.report.tables import cost_title
from bench.suites import Suite

SHOWN_SAMPLES = 4

COSTS_SHOWN = ("multiply_adds", "throughput", "latency", "peak_memory")


@dataclass(frozen=True)
class Exhibit:
    """Hold one figure: `name` for its files, a title, a caption that says how to read it, and its table."""

    name: str
    title: str
    caption: str
    figure: Figure
    table: pd.DataFrame


@dataclass(frozen=True)
class SuiteTables:
    """Hold the rows of one suite, the suite, and its models: model, architecture, regime, a row each."""

    suite: Suite
    models: pd.DataFrame
    metrics: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    history: pd.DataFrame
    looks: Looks


def exhibits(tables: SuiteTables, gallery: StoredGallery | None) -> Iterator[Exhibit]:
    """Draw every figure that the stored rows are enough for."""
    yield from _accuracy(tables)
    if gallery is not None:
        yield from _gallery(tables, gallery)
    yield from _orbit(tables)
    yield from _consistency(tables)
    yield from _calibration(tables)
    yield from _ambiguous(tables)
    yield from _costs(tables)
    yield from _training(tables)


def _accuracy(tables: SuiteTables) -> Iterator[Exhibit]:
    suite, curves = tables.suite, _curves(tables, "accuracy")
    if curves["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{suite.name}-accuracy",
        f"Accuracy against {suite.axis}",
        f"Share of test images classified correctly at each {suite.axis}. "
        f"{captions.looks(tables.models, tables.looks)} {captions.bands(curves)} "
        "The bars below the axes mark what each regime saw in training.",
        plots.plot_by_level(curves, suite, tables.looks, "accuracy"),
        curves,
    )
    if suite.period:
        yield Exhibit(
            f"{suite.name}-accuracy-circle",
            f"Accuracy around the circle of {suite.axis}",
            f"The same accuracies with the {suite.axis} as direction and accuracy as distance from the centre, "
            "0%, to the rim, 100%; a panel per architecture. An invariant model draws a circle. "
            f"{captions.bands(curves)}",
            plots.plot_around_circle(curves, suite, tables.looks, "accuracy"),
            curves,
        )


def _gallery(tables: SuiteTables, gallery: StoredGallery) -> Iterator[Exhibit]:
    if not gallery.predicted or gallery.images.shape[0] == 0:
        return
    shown = np.unique(np.linspace(0, len(gallery.images) - 1, SHOWN_SAMPLES).round().astype(int))
    predicted = {model: answers[shown] for model, answers in gallery.predicted.items()}
    yield Exhibit(
        f"{tables.suite.name}-gallery",
        "Sample images and what each model makes of them",
        f"Test images along the {tables.suite.axis}, as the networks see them, and under each the class that each "
        "model predicts. Bold white in a filled box: not the image's label; a dash: no finite scores. An image "
        "whose label the transform makes ambiguous is still compared with its own label.",
        plots.plot_gallery(gallery.images[shown], gallery.levels, gallery.labels[shown], predicted, tables.suite),
        _gallery_rows(gallery, shown),
    )


def _gallery_rows(gallery: StoredGallery, shown: np.ndarray) -> pd.DataFrame:
    count = len(gallery.levels)
    parts = [
        pd.DataFrame(
            {
                "model": model,
                "sample": np.repeat(gallery.sample[shown], count),
                "label": np.repeat(gallery.labels[shown], count),
                "level": np.tile(gallery.levels, len(shown)),
                "predicted": answers[shown].ravel(),
                "confidence": gallery.confidence[model][shown].ravel(),
            }
        )
        for model, answers in gallery.predicted.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _orbit(tables: SuiteTables) -> Iterator[Exhibit]:
    scores = plots.long_scores(
        tables.summary,
        {
            "worst_orbit_accuracy": "right at every level (worst)",
            "mean_orbit_accuracy": "mean over levels",
            "best_orbit_accuracy": "right at one level at least (best)",
        },
    )
    if scores.empty:
        return
    yield Exhibit(
        f"{tables.suite.name}-orbit",
        "Orbit accuracy",
        "An image's orbit is all its versions along the sweep. Share of images that a model gets right at every "
        "level, at the mean level and at one level at least. The shorter the line, the less the answer depends on "
        f"the {tables.suite.axis}. {captions.bars(scores)}",
        plots.plot_range(scores, tables.looks, "share of images"),
        scores,
    )


def _consistency(tables: SuiteTables) -> Iterator[Exhibit]:
    scores = plots.long_scores(
        tables.summary,
        {
            "mean_consistency": "all images",
            "mean_clean_correct_consistency": "images right at the identity",
            "mean_kappa": "beyond chance (kappa)",
        },
    )
    if scores.empty:
        return
    yield Exhibit(
        f"{tables.suite.name}-consistency",
        "Consistency",
        "How often the predicted class is the one predicted for the untransformed image, right or wrong: mean "
        "over all other levels. Raw agreement rises with accuracy alone; kappa is agreement beyond chance, 100% "
        f"for a model that never changes its answer and 0% for chance. {captions.bars(scores)}",
        plots.plot_side_by_side(scores, tables.looks, "agreement with the prediction at the identity"),
        scores,
    )
    points = tables.summary[["model", "architecture", "regime", "seeds", "count"]].copy()
    for axis, column in (("x", "mean_accuracy"), ("y", "mean_consistency")):
        for part in ("", "_low", "_high"):
            points[f"{axis}{part}"] = tables.summary[f"{column}{part}"]
    points = points.dropna(subset=["x", "y"])
    yield Exhibit(
        f"{tables.suite.name}-consistency-against-accuracy",
        "Consistency against accuracy",
        "Mean consistency against mean accuracy over the sweep. Above the dashed diagonal a model is more often "
        f"the same than right: it repeats its mistakes. {captions.looks(tables.models, tables.looks, 'marker')} "
        f"{captions.bars(scores)}",
        plots.plot_against(points, tables.looks, "mean accuracy", "mean consistency"),
        points,
    )


def _calibration(tables: SuiteTables) -> Iterator[Exhibit]:
    curves = _curves(tables, "expected_calibration_error")
    if curves["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{tables.suite.name}-calibration",
        f"Calibration error against {tables.suite.axis}",
        "Expected calibration error at each level, 15 bins of equal width: how far confidence and accuracy lie "
        f"apart, 0% being best. {captions.looks(tables.models, tables.looks)} "
        f"{captions.bands(curves, 'bootstrap over images')}",
        plots.plot_by_level(curves, tables.suite, tables.looks, "expected calibration error"),
        curves,
    )


def _ambiguous(tables: SuiteTables) -> Iterator[Exhibit]:
    if tables.summary["mean_accuracy_unambiguous"].isna().all():
        return
    columns = {"mean_accuracy": "every image", "mean_accuracy_unambiguous": "without ambiguous images"}
    scores = plots.long_scores(tables.summary, columns)
    yield Exhibit(
        f"{tables.suite.name}-ambiguous",
        "With and without ambiguous images",
        "Mean accuracy over the sweep, counting every image, and leaving out images at the levels where the "
        f"transform makes their label ambiguous. {captions.bars(scores)}",
        plots.plot_range(scores, tables.looks, "mean accuracy"),
        scores,
    )


def _costs(tables: SuiteTables) -> Iterator[Exhibit]:
    costs = tables.costs[tables.costs["cost"].isin(COSTS_SHOWN) & tables.costs["value"].notna()]
    costs = costs.drop_duplicates(["model", "cost"])
    accuracy = tables.summary[["model", "mean_accuracy", "mean_accuracy_low", "mean_accuracy_high"]]
    accuracy = accuracy.set_axis(["model", "value", "low", "high"], axis=1).dropna(subset=["value"])
    described = costs[["model", "architecture", "regime", "cost", "unit"]].assign(
        title=[cost_title(costs, name) for name in costs["cost"]], cost_value=costs["value"]
    )
    points = described.merge(accuracy, on="model")
    if points.empty:
        return
    points = points.sort_values("cost", key=lambda names: names.map(COSTS_SHOWN.index), kind="stable")
    machine = ", ".join(str(device) for device in tables.costs["device"].dropna().unique())
    yield Exhibit(
        f"{tables.suite.name}-costs",
        "Accuracy against cost",
        f"Mean accuracy over the sweep against what a model costs on {machine or 'a device not recorded'}. "
        "Throughput is better to the right, all else to the left. Vertical bars: 95% intervals of the accuracy. "
        f"{captions.looks(tables.models, tables.looks, 'marker')}",
        plots.plot_accuracy_against_costs(points, tables.looks, "mean accuracy"),
        points,
    )


def _training(tables: SuiteTables) -> Iterator[Exhibit]:
    history = tables.history[np.isfinite(tables.history["value"].astype(float))]
    if history.empty:
        return
    seeds = len(history["seed"].unique())
    spread = " Lines are means over seeds, bands reach from the lowest to the highest." if seeds > 1 else ""
    yield Exhibit(
        f"{tables.suite.name}-training",
        "Training",
        "How training went, epoch by epoch. Losses of unlike kinds cannot be compared with one another, and "
        "validation images are changed as the regime changes its training images. "
        f"{captions.looks(tables.models, tables.looks)}{spread}",
        plots.plot_training(history, tables.looks),
        history,
    )


def _curves(tables: SuiteTables, score: str) -> pd.DataFrame:
    curves = plots.curves_over_seeds(tables.metrics, score)
    return curves[curves["subset"] == "all"].reset_index(drop=True)
