"""A suite's figures along its axis."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.report import captions
from runbench.report.exhibit import Exhibit, SuiteTables

CHANCE = 0.5
"""The area under the ROC curve of a confidence that tells nothing apart."""


def curves(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw the share of right answers against the axis, and around the circle where the axis closes."""
    suite, shares = tables.suite, tables.curves("accuracy")
    if shares["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{suite.name}-accuracy",
        f"{suite.task.success.capitalize()} against {suite.axis}",
        f"Share of test images {suite.task.right} at each level of {suite.axis}. "
        f"{captions.looks(tables.models, tables.looks)} {captions.bands(shares)} "
        "The bars below the axes mark what each regime saw in training. "
        f"{captions.attained(tables.curves('attained_level'))}".rstrip(),
        partial(plots.plot_by_level, shares, suite, tables.looks, suite.task.success),
        shares,
    )
    if suite.period:
        yield Exhibit(
            f"{suite.name}-accuracy-circle",
            f"{suite.task.success.capitalize()} around the circle of {suite.axis}",
            f"The same shares with the {suite.axis} as direction and {suite.task.success} as distance from the "
            "centre, 0%, to the rim, 100%; a panel per architecture. An invariant model draws a circle. "
            f"{captions.bands(shares)}",
            partial(plots.plot_around_circle, shares, suite, tables.looks, suite.task.success),
            shares,
        )


def digits(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how many of the single digits are found, where an image holds several."""
    suite, shares = tables.suite, tables.curves("digit_recall")
    if shares["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{suite.name}-digit-recall",
        f"Recall per digit against {suite.axis}",
        f"Share of the digits in the test images that are among a model's answers, at each level of {suite.axis}. "
        f"It lies above the {suite.task.success}, which counts an image only where both are. "
        f"{captions.looks(tables.models, tables.looks)} {captions.bands(shares, 'bootstrap over images')}",
        partial(plots.plot_by_level, shares, suite, tables.looks, "recall per digit"),
        shares,
    )


def intactness(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how well confidence tells whole objects from broken ones."""
    suite, areas = tables.suite, tables.curves("intact_auroc")
    if areas["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{suite.name}-intact-auroc",
        "Does the model notice that the object is broken?",
        "How well a model's confidence tells intact images from changed ones, as the area under the ROC curve: "
        "the chance that an intact image gets more confidence than one changed by the level. At 1 confidence "
        "always drops; near 0.5, the dashed line, the model trusts the presence of parts as much as their "
        "arrangement; below it, the model is surer of broken objects than of whole ones. "
        f"{captions.looks(tables.models, tables.looks)} {captions.bands(areas, 'bootstrap over images')}",
        partial(
            plots.plot_beside_chance, areas, suite, tables.looks, "area under the ROC curve, intact or not", CHANCE
        ),
        areas,
    )


def orbits(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw at how many levels each image is right."""
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
        partial(plots.plot_range, scores, tables.looks, "share of images"),
        scores,
    )


def consistency(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how often answers stay the same, right or wrong."""
    suite = tables.suite
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
        f"{suite.name}-consistency",
        "Consistency",
        f"How often the predicted {suite.task.answer} is the one predicted for "
        f"{suite.task.unchanged}, right or wrong: mean over all other levels. Raw agreement rises with "
        f"{suite.task.success} alone; kappa is agreement beyond chance, 100% for a model that never changes its "
        f"answer and 0% for chance. {captions.bars(scores)}",
        partial(plots.plot_side_by_side, scores, tables.looks, "agreement with the prediction at the identity"),
        scores,
    )


def calibration(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw whether confidence is worth its name."""
    errors = tables.curves("expected_calibration_error")
    if errors["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{tables.suite.name}-calibration",
        f"Calibration error against {tables.suite.axis}",
        "Expected calibration error at each level, 15 bins of equal width: how far confidence and "
        f"{tables.suite.task.success} lie apart, 0% being best. {captions.looks(tables.models, tables.looks)} "
        f"{captions.bands(errors, 'bootstrap over images')}",
        partial(plots.plot_by_level, errors, tables.suite, tables.looks, "expected calibration error"),
        errors,
    )


def ambiguity(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw what ambiguous labels change."""
    if tables.summary["mean_accuracy_unambiguous"].isna().all():
        return
    columns = {"mean_accuracy": "every image", "mean_accuracy_unambiguous": "without ambiguous images"}
    scores = plots.long_scores(tables.summary, columns)
    yield Exhibit(
        f"{tables.suite.name}-ambiguous",
        "With and without ambiguous images",
        "Mean accuracy over the sweep, counting every image, and leaving out images at the levels where the "
        f"transform makes their label ambiguous. {captions.bars(scores)}",
        partial(plots.plot_range, scores, tables.looks, "mean accuracy"),
        scores,
    )
