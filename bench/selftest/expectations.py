"""What must come out: a literal table. Images are the first 300 test digits of mnist10k, of ten classes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from runbench.selftest.measuring import IMAGES
from runbench.selftest.requirements import Absent, AtLeast, Near, Requirement, share
from runbench.selftest.subjects import LEVELS, levels_but


@dataclass(frozen=True)
class Expectation:
    """State what one score or measure must be, and why.

    `what` names a metric of predictions or of features, `layer` one of the network's layers, empty for the whole
    network; `levels` are those at which it must be so, none for a number of the whole sweep.
    """

    what: str
    must: Requirement
    why: str
    layer: str = ""
    levels: tuple[float, ...] = ()


@dataclass(frozen=True)
class Examination:
    """State what is expected of one network on one suite; both are names of runbench.selftest.subjects."""

    network: str
    suite: str
    expectations: tuple[Expectation, ...]


ANGLES, SHIFTS, STEPS, OVERLAPS = (
    LEVELS[suite] for suite in ("rotation", "translation", "parts-apart", "overlap")
)
TURNED, SHIFTED, APART = (levels_but(suite, 0.0) for suite in ("rotation", "translation", "parts-apart"))
QUARTERS, SLANTED = (-90.0, 90.0, 180.0), (-30.0, 45.0)
WHOLE, EVEN, BETWEEN = (1.0, 2.0, 3.0, 4.0), (2.0, 4.0), (0.5, 1.0, 3.0)
SCALED, GROWN = (0.5, 1.2, 1.4), (1.2, 1.4)

THREES = Near(31 / IMAGES)
FULL, NOTHING = Near(1.0), Near(0.0)
INPUT, FIRST, SECOND = "same (convolution)", "first (convolution)", "second (convolution)"
BEFORE_LAST = "penultimate"

TENTH = share(0.1, IMAGES)
"""What guessing one of ten classes must give at one level."""

EXAMINATIONS: tuple[Examination, ...] = (
    Examination(
        "constant",
        "rotation",
        (
            Expectation("accuracy", THREES, "31 of the 300 digits are threes", levels=ANGLES),
            Expectation("mean_accuracy", THREES, "the mean of equal numbers"),
            Expectation("area_under_curve", THREES, "the area under a level line, over its length"),
            Expectation("accuracy_in_range", THREES, "it is the same everywhere"),
            Expectation("accuracy_out_of_range", THREES, "it is the same everywhere"),
            Expectation("worst_orbit_accuracy", THREES, "an image is right everywhere or nowhere"),
            Expectation("best_orbit_accuracy", THREES, "an image is right everywhere or nowhere"),
            Expectation("consistency", FULL, "the answer never changes", levels=ANGLES),
            Expectation("kappa", Absent(), "agreement by chance is full, and nothing is beyond it", levels=ANGLES),
            Expectation("flip_probability", NOTHING, "the answer never changes"),
            Expectation(
                "expected_calibration_error", Near(0.5 - 31 / IMAGES), "its confidence is one half", levels=ANGLES
            ),
            Expectation("prediction_distance", NOTHING, "probabilities never change", levels=ANGLES),
            Expectation("feature_distance", Absent(), "no two images are apart", BEFORE_LAST, ANGLES),
            Expectation("dead_units", FULL, "features are the same for all images", BEFORE_LAST),
            Expectation("normalised_variance", Absent(), "all units are dead", BEFORE_LAST),
            Expectation("pose_decodability", NOTHING, "perfect invariance has lost the angle", BEFORE_LAST),
            Expectation("lie_derivative", NOTHING, "scores never change", "scores"),
        ),
    ),
    Examination(
        "constant",
        "overlap",
        (
            Expectation(
                "accuracy", Near(5 / IMAGES), "5 of the 300 pairs are a three and a five", levels=OVERLAPS
            ),
            Expectation(
                "digit_recall", Near(104 / 600), "104 of the 600 digits are threes or fives", levels=OVERLAPS
            ),
            Expectation("prediction_distance", NOTHING, "probabilities never change", levels=OVERLAPS),
        ),
    ),
    Examination(
        "hand-on",
        "rotation",
        (
            Expectation("equivariance_error", NOTHING, "the features are the moved image", INPUT, TURNED),
            Expectation("exact_equivariance_error", NOTHING, "the features are the moved image", INPUT, QUARTERS),
            Expectation("exact_equivariance_error", Absent(), "a slanted grid needs resampling", INPUT, SLANTED),
            Expectation("feature_distance", NOTHING, "at the identity nothing changes", INPUT, (0.0,)),
            Expectation("prediction_distance", NOTHING, "at the identity nothing changes", levels=(0.0,)),
        ),
    ),
    Examination(
        "hand-on",
        "translation",
        (
            Expectation("equivariance_error", NOTHING, "the features are the moved image", INPUT, SHIFTED),
            Expectation("exact_equivariance_error", NOTHING, "shifts by whole pixels", INPUT, WHOLE),
            # There and back by t blurs as much as there and back by -t: the central difference is 0. Turned and
            # scaled images are resampled otherwise forward than backward, which leaves a little
            Expectation("relative_lie_derivative", NOTHING, "moved and moved back", INPUT),
        ),
    ),
    Examination(
        "hand-on",
        "scale",
        (Expectation("equivariance_error", NOTHING, "the features are the moved image", INPUT, SCALED),),
    ),
    Examination(
        "quarter-turns",
        "rotation",
        (
            Expectation("exact_equivariance_error", NOTHING, "places lie symmetrically", FIRST, QUARTERS),
            Expectation("exact_equivariance_error", NOTHING, "places lie symmetrically", SECOND, QUARTERS),
            Expectation("exact_equivariance_error", Absent(), "a slanted grid needs resampling", FIRST, SLANTED),
            Expectation(
                "equivariance_error",
                AtLeast(0.05),
                "on a square grid kernels turn by quarters alone",
                FIRST,
                SLANTED,
            ),
            Expectation(
                "equivariance_error",
                AtLeast(0.05),
                "on a square grid kernels turn by quarters alone",
                SECOND,
                SLANTED,
            ),
            Expectation("feature_distance", AtLeast(0.5), "features move, which is no invariance", SECOND, TURNED),
            Expectation("prediction_distance", NOTHING, "the average of turned features", levels=QUARTERS),
            Expectation(
                "prediction_distance",
                AtLeast(0.01),
                "on a square grid kernels turn by quarters alone",
                levels=SLANTED,
            ),
            Expectation("consistency", FULL, "the average of turned features", levels=QUARTERS),
            Expectation("kappa", FULL, "the average of turned features", levels=QUARTERS),
        ),
    ),
    Examination(
        "quarter-turns",
        "translation",
        (
            Expectation("exact_equivariance_error", NOTHING, "shifts by whole strides", FIRST, EVEN),
            Expectation("exact_equivariance_error", NOTHING, "shifts by whole strides", SECOND, EVEN),
            Expectation("exact_equivariance_error", Absent(), "half a stride needs resampling", FIRST, BETWEEN),
            Expectation("equivariance_error", AtLeast(0.05), "half a stride samples other pixels", FIRST, BETWEEN),
        ),
    ),
    Examination(
        "brightness",
        "translation",
        (
            Expectation(
                "prediction_distance", NOTHING, "shifts that clip nothing keep the sum of ink", levels=SHIFTS
            ),
            Expectation("consistency", FULL, "shifts that clip nothing keep the sum of ink", levels=SHIFTS),
            Expectation("kappa", FULL, "shifts that clip nothing keep the sum of ink", levels=SHIFTS),
            Expectation("flip_probability", NOTHING, "shifts that clip nothing keep the sum of ink"),
            Expectation("lie_derivative", NOTHING, "shifts that clip nothing keep the sum of ink", "scores"),
        ),
    ),
    Examination(
        "bag-of-pixels",
        "parts-apart",
        (
            Expectation("prediction_distance", NOTHING, "tiles move and no ink is lost", levels=STEPS),
            Expectation("consistency", FULL, "tiles move and no ink is lost", levels=STEPS),
            Expectation("kappa", FULL, "tiles move and no ink is lost", levels=STEPS),
            Expectation("intact_auroc", Near(0.5), "confidence does not tell what was broken", levels=APART),
            Expectation("feature_distance", NOTHING, "features do not change", BEFORE_LAST, STEPS),
            Expectation("normalised_variance", NOTHING, "features do not change", BEFORE_LAST),
            Expectation(
                "firing_ratio", Near(100.0, 1e-3), "where one of 100 fires, it does so always", BEFORE_LAST
            ),
            Expectation(
                "learned_map",
                Near(1.0, 1e-3),
                "the identity maps features that do not change",
                BEFORE_LAST,
                APART[:4],
            ),
            Expectation("pose_decodability", NOTHING, "perfect invariance has lost the displacement", BEFORE_LAST),
        ),
    ),
    Examination(
        "dice",
        "rotation",
        (
            Expectation("accuracy", TENTH, "one of ten by chance", levels=ANGLES),
            Expectation("mean_accuracy", share(0.1, len(ANGLES) * IMAGES), "one of ten by chance, at six levels"),
            Expectation("consistency", TENTH, "two throws agree one time of ten", levels=TURNED),
            Expectation(
                "kappa", Near(0.0, TENTH.tolerance / 0.9), "two throws agree by chance alone", levels=TURNED
            ),
            Expectation(
                "flip_probability", share(0.9, len(TURNED) * IMAGES), "two throws differ nine times of ten"
            ),
            Expectation("worst_orbit_accuracy", share(0.1**6, IMAGES), "right six times"),
            Expectation("best_orbit_accuracy", share(1 - 0.9**6, IMAGES), "not wrong six times"),
            Expectation("feature_distance", Near(1.0, 0.05), "as far as another image", BEFORE_LAST, TURNED),
            Expectation(
                "level_variance", Near(1 / math.sqrt(3), 0.02), "of two uniform numbers", BEFORE_LAST, TURNED
            ),
            # Few fire at all: four standard errors, found by drawing dice of other seeds
            Expectation("firing_ratio", Near(1.0, 1.0), "units fire by chance", BEFORE_LAST),
            Expectation(
                "learned_map",
                Near(0.0, 0.01),
                "nothing is known of the next throw",
                BEFORE_LAST,
                (-90.0, 90.0, 180.0),
            ),
            Expectation("pose_decodability", Near(0.0, 0.01), "dice do not know the angle", BEFORE_LAST),
            Expectation("lie_derivative", Absent(), "what jumps has no derivative", "scores"),
        ),
    ),
    Examination(
        "dice",
        "parts-apart",
        (
            Expectation(
                "intact_auroc", Near(0.5, 4 / math.sqrt(6 * IMAGES)), "confidence is drawn anew", levels=APART
            ),
        ),
    ),
    Examination(
        "moments",
        "rotation",
        (
            Expectation("canonicalisation_error", NOTHING, "the turn is taken out", levels=QUARTERS),
            Expectation(
                "canonicalisation_error",
                Near(0.0, 0.05),
                "the turn is taken out, but for resampling",
                levels=SLANTED,
            ),
            Expectation("canonicalisation_image_error", NOTHING, "the same pixels are seen", levels=QUARTERS),
            Expectation("recovered_correlation", Near(1.0, 0.01), "the angle that was applied is found"),
            Expectation("prediction_distance", NOTHING, "the same pixels are seen", levels=QUARTERS),
        ),
    ),
    Examination(
        "moments",
        "scale",
        (
            Expectation(
                "canonicalisation_error",
                Near(0.0, 0.05),
                "the factor is taken out, but for resampling",
                levels=GROWN,
            ),
            Expectation("recovered_correlation", Near(1.0, 0.01), "the factor that was applied is found"),
        ),
    ),
    Examination(
        "places",
        "translation",
        (
            Expectation("pose_linearity", FULL, "the place moves by what is applied"),
            Expectation("pose_decodability", AtLeast(0.95), "but for where each digit lay before", BEFORE_LAST),
        ),
    ),
    Examination(
        "copyist",
        "translation",
        (
            Expectation("reconstruction_error", NOTHING, "untouched digits lie within the middle", levels=(0.0,)),
            Expectation(
                "reconstruction_ignored", Near(1 - 28**2 / 40**2), "the border is never drawn", levels=(0.0, 4.0)
            ),
        ),
    ),
)
