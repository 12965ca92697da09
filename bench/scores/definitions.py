"""Every score: its name, what it says, and where its definition comes from. A literal table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench.scores.pairs import ATTAINED_BINS

Better = Literal["higher", "lower", "neither"]
Interval = Literal["Wilson", "bootstrap", "recentred bootstrap"]


@dataclass(frozen=True)
class Score:
    """Describe one score.

    `over` says whether it belongs to one level or to the sweep; `unit` is "share" for a number in [0, 1] that
    is shown in percent, "index" for one that is not, "per unit" for a rate along the suite's axis, "axis" for a
    level of it. `better` says which direction is the good one, `interval` how its bounds are found.
    """

    name: str
    title: str
    over: Literal["level", "sweep"]
    unit: Literal["share", "index", "per unit", "axis"]
    better: Better
    interval: Interval
    definition: str
    source: str = ""


SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score(
            name="accuracy",
            title="accuracy",
            over="level",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Share of images classified correctly at one level. Non-finite scores count as wrong.",
            source="interval: Wilson 1927",
        ),
        Score(
            name="non_finite_share",
            title="non-finite scores",
            over="level",
            unit="share",
            better="lower",
            interval="Wilson",
            definition="Share of images at one level for which the model gave NaN or infinity. They count as "
            "wrong and agree with no other prediction.",
        ),
        Score(
            name="expected_calibration_error",
            title="expected calibration error",
            over="level",
            unit="share",
            better="lower",
            interval="recentred bootstrap",
            definition="Mean distance between confidence and accuracy in 15 bins of equal width, weighted by how "
            "many images lie in each, at one level. Non-finite scores have confidence 0.",
            source="Guo et al. 2017",
        ),
        Score(
            name="consistency",
            title="consistency",
            over="level",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Share of images whose predicted class at one level is the one predicted at the identity, "
            "right or wrong.",
            source="Zhang 2019",
        ),
        Score(
            name="clean_correct_consistency",
            title="consistency where correct at the identity",
            over="level",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Consistency among the images that the model classifies correctly at the identity.",
            source="Zhang 2019",
        ),
        Score(
            name="kappa",
            title="consistency beyond chance (kappa)",
            over="level",
            unit="index",
            better="higher",
            interval="bootstrap",
            definition="Agreement with the prediction at the identity, corrected for the agreement that the two "
            "distributions of predicted classes give by chance: 1 is full agreement, 0 is chance. Undefined for "
            "a model that predicts one class only.",
            source="Cohen 1960",
        ),
        Score(
            name="digit_recall",
            title="recall per digit",
            over="level",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Share of the two labels of an image that are among the two classes predicted, mean over "
            "images at one level. Non-finite scores find none.",
        ),
        Score(
            name="intact_auroc",
            title="AUROC of confidence, intact against changed",
            over="level",
            unit="index",
            better="higher",
            interval="bootstrap",
            definition="Chance that an intact image, one at the identity, has more confidence than one changed to "
            "this level, ties counting half: 1 where confidence tells them apart, 0.5 where it cannot. A model "
            "that relies on the presence of parts more than on their arrangement scores near 0.5.",
            source="Hanley & McNeil 1982",
        ),
        Score(
            name="attained_level",
            title="level attained",
            over="level",
            unit="axis",
            better="neither",
            interval="bootstrap",
            definition="Mean of what the images really attain of one level, where whole pixels or tiles cannot "
            "meet it; for pairs, the share of the smaller bounding box that is covered.",
        ),
        Score(
            name="identity_accuracy",
            title="accuracy at the identity",
            over="sweep",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Accuracy at the level where the transform changes nothing.",
            source="interval: Wilson 1927",
        ),
        Score(
            name="mean_accuracy",
            title="mean accuracy",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean of the accuracies at all levels, each level counted once.",
        ),
        Score(
            name="area_under_curve",
            title="area under the accuracy curve",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Area under accuracy against level by trapezoids over the real spacing of the levels, "
            "divided by the range from the lowest to the highest level.",
            source="after Hendrycks & Dietterich 2019, who space levels equally",
        ),
        Score(
            name="accuracy_in_range",
            title="accuracy in range",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean of the accuracies at the levels that training covered: interpolation.",
        ),
        Score(
            name="accuracy_out_of_range",
            title="accuracy out of range",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean of the accuracies at the levels that training did not cover: extrapolation.",
        ),
        Score(
            name="mean_consistency",
            title="mean consistency",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean of the consistencies at all levels but the identity.",
            source="Zhang 2019",
        ),
        Score(
            name="mean_clean_correct_consistency",
            title="mean consistency where correct at the identity",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean over all levels but the identity of the consistency among the images that the model "
            "classifies correctly at the identity.",
            source="Zhang 2019",
        ),
        Score(
            name="mean_kappa",
            title="mean consistency beyond chance (kappa)",
            over="sweep",
            unit="index",
            better="higher",
            interval="bootstrap",
            definition="Mean of kappa over all levels but the identity.",
            source="Cohen 1960",
        ),
        Score(
            name="mean_digit_recall",
            title="mean recall per digit",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean of the recalls per digit at all levels, each level counted once.",
        ),
        Score(
            name="mean_intact_auroc",
            title="mean AUROC of confidence, intact against changed",
            over="sweep",
            unit="index",
            better="higher",
            interval="bootstrap",
            definition="Mean over all levels but the identity of the chance that an intact image has more "
            "confidence than a changed one.",
            source="Hanley & McNeil 1982",
        ),
        Score(
            name="flip_probability",
            title="flip probability",
            over="sweep",
            unit="share",
            better="lower",
            interval="bootstrap",
            definition="Share of images whose predicted class changes from one level to the next, mean over the "
            "steps between neighbouring levels. The axis is not closed, even where it is periodic.",
            source="Hendrycks & Dietterich 2019",
        ),
        Score(
            name="flips_per_unit",
            title="flips per unit of the axis",
            over="sweep",
            unit="per unit",
            better="lower",
            interval="bootstrap",
            definition="Number of changes of the predicted class along the sweep, per image and unit of the axis.",
            source="after Hendrycks & Dietterich 2019",
        ),
        Score(
            name="worst_orbit_accuracy",
            title="worst-of-orbit accuracy",
            over="sweep",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Share of images classified correctly at every level of the sweep.",
            source="Engstrom et al. 2019",
        ),
        Score(
            name="mean_orbit_accuracy",
            title="mean-of-orbit accuracy",
            over="sweep",
            unit="share",
            better="higher",
            interval="bootstrap",
            definition="Mean over images of the share of levels at which the image is classified correctly.",
            source="Engstrom et al. 2019",
        ),
        Score(
            name="best_orbit_accuracy",
            title="best-of-orbit accuracy",
            over="sweep",
            unit="share",
            better="higher",
            interval="Wilson",
            definition="Share of images classified correctly at one level of the sweep at least.",
            source="Engstrom et al. 2019",
        ),
        Score(
            name="pooled_calibration_error",
            title="calibration error over the sweep",
            over="sweep",
            unit="share",
            better="lower",
            interval="recentred bootstrap",
            definition="Expected calibration error, 15 bins of equal width, of the predictions at all levels "
            "taken together.",
            source="Guo et al. 2017",
        ),
    )
}

SUBSETS: dict[str, str] = {
    "all": "every image at every level",
    "unambiguous": "without the images whose label the transform makes ambiguous, at the levels where it does",
    **{
        name: f"the images whose objects cover each other by {low:g} to {high:g} of the smaller bounding box"
        for name, (low, high) in ATTAINED_BINS.items()
    },
}
