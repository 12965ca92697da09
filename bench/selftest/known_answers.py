"""What must come out: a literal table. Images are the first 300 test digits of mnist10k, of ten classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

from runbench.selftest.conditions import Absent, AtLeast, Condition, Near, share
from runbench.selftest.measuring import IMAGES
from runbench.selftest.subjects import LEVELS, levels_but


@final
@dataclass(frozen=True)
class KnownAnswer:
    """What one metric must be, and why.

    `what` names a metric of predictions or of features, `layer` one of the network's layers, empty for the whole
    network; `levels` are those at which it must be so, none for a number of the whole sweep.
    """

    what: str
    must: Condition
    why: str
    layer: str = ""
    levels: tuple[float, ...] = ()


@final
@dataclass(frozen=True)
class Case:
    """A known-answer case: a network on a suite, both by their names in runbench.selftest.subjects."""

    network: str
    suite: str
    answers: tuple[KnownAnswer, ...]


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

CASES: tuple[Case, ...] = (
    Case(
        "constant",
        "rotation",
        (
            KnownAnswer("accuracy", THREES, "31 of the 300 digits are threes", levels=ANGLES),
            KnownAnswer("mean_accuracy", THREES, "the mean of equal numbers"),
            KnownAnswer("area_under_curve", THREES, "the area under a level line, over its length"),
            KnownAnswer("accuracy_in_range", THREES, "it is the same everywhere"),
            KnownAnswer("accuracy_out_of_range", THREES, "it is the same everywhere"),
            KnownAnswer("worst_orbit_accuracy", THREES, "an image is right everywhere or nowhere"),
            KnownAnswer("best_orbit_accuracy", THREES, "an image is right everywhere or nowhere"),
            KnownAnswer("consistency", FULL, "the answer never changes", levels=ANGLES),
            KnownAnswer("kappa", Absent(), "agreement by chance is full, and nothing is beyond it", levels=ANGLES),
            KnownAnswer("flip_probability", NOTHING, "the answer never changes"),
            KnownAnswer(
                "expected_calibration_error", Near(0.5 - 31 / IMAGES), "its confidence is one half", levels=ANGLES
            ),
            KnownAnswer("prediction_distance", NOTHING, "probabilities never change", levels=ANGLES),
            KnownAnswer("feature_distance", Absent(), "no two images are apart", BEFORE_LAST, ANGLES),
            KnownAnswer("dead_units", FULL, "features are the same for all images", BEFORE_LAST),
            KnownAnswer("normalised_variance", Absent(), "all units are dead", BEFORE_LAST),
            KnownAnswer("pose_decodability", NOTHING, "perfect invariance has lost the angle", BEFORE_LAST),
            KnownAnswer("lie_derivative", NOTHING, "scores never change", "scores"),
        ),
    ),
    Case(
        "constant",
        "overlap",
        (
            KnownAnswer(
                "accuracy", Near(5 / IMAGES), "5 of the 300 pairs are a three and a five", levels=OVERLAPS
            ),
            KnownAnswer(
                "digit_recall", Near(104 / 600), "104 of the 600 digits are threes or fives", levels=OVERLAPS
            ),
            KnownAnswer("prediction_distance", NOTHING, "probabilities never change", levels=OVERLAPS),
        ),
    ),
    Case(
        "hand-on",
        "rotation",
        (
            KnownAnswer("equivariance_error", NOTHING, "the features are the moved image", INPUT, TURNED),
            KnownAnswer("exact_equivariance_error", NOTHING, "the features are the moved image", INPUT, QUARTERS),
            KnownAnswer("exact_equivariance_error", Absent(), "a slanted grid needs resampling", INPUT, SLANTED),
            KnownAnswer("feature_distance", NOTHING, "at the identity nothing changes", INPUT, (0.0,)),
            KnownAnswer("prediction_distance", NOTHING, "at the identity nothing changes", levels=(0.0,)),
        ),
    ),
    Case(
        "hand-on",
        "translation",
        (
            KnownAnswer("equivariance_error", NOTHING, "the features are the moved image", INPUT, SHIFTED),
            KnownAnswer("exact_equivariance_error", NOTHING, "shifts by whole pixels", INPUT, WHOLE),
            # There and back by t blurs as much as there and back by -t: the central difference is 0. Turned and
            # scaled images are resampled otherwise forward than backward, which leaves a little
            KnownAnswer("relative_lie_derivative", NOTHING, "moved and moved back", INPUT),
        ),
    ),
    Case(
        "hand-on",
        "scale",
        (KnownAnswer("equivariance_error", NOTHING, "the features are the moved image", INPUT, SCALED),),
    ),
    Case(
        "quarter-turns",
        "rotation",
        (
            KnownAnswer("exact_equivariance_error", NOTHING, "places lie symmetrically", FIRST, QUARTERS),
            KnownAnswer("exact_equivariance_error", NOTHING, "places lie symmetrically", SECOND, QUARTERS),
            KnownAnswer("exact_equivariance_error", Absent(), "a slanted grid needs resampling", FIRST, SLANTED),
            KnownAnswer(
                "equivariance_error",
                AtLeast(0.05),
                "on a square grid kernels turn by quarters alone",
                FIRST,
                SLANTED,
            ),
            KnownAnswer(
                "equivariance_error",
                AtLeast(0.05),
                "on a square grid kernels turn by quarters alone",
                SECOND,
                SLANTED,
            ),
            KnownAnswer("feature_distance", AtLeast(0.5), "features move, which is no invariance", SECOND, TURNED),
            KnownAnswer("prediction_distance", NOTHING, "the average of turned features", levels=QUARTERS),
            KnownAnswer(
                "prediction_distance",
                AtLeast(0.01),
                "on a square grid kernels turn by quarters alone",
                levels=SLANTED,
            ),
            KnownAnswer("consistency", FULL, "the average of turned features", levels=QUARTERS),
            KnownAnswer("kappa", FULL, "the average of turned features", levels=QUARTERS),
        ),
    ),
    Case(
        "quarter-turns",
        "translation",
        (
            KnownAnswer("exact_equivariance_error", NOTHING, "shifts by whole strides", FIRST, EVEN),
            KnownAnswer("exact_equivariance_error", NOTHING, "shifts by whole strides", SECOND, EVEN),
            KnownAnswer("exact_equivariance_error", Absent(), "half a stride needs resampling", FIRST, BETWEEN),
            KnownAnswer("equivariance_error", AtLeast(0.05), "half a stride samples other pixels", FIRST, BETWEEN),
        ),
    ),
    Case(
        "brightness",
        "translation",
        (
            KnownAnswer(
                "prediction_distance", NOTHING, "shifts that clip nothing keep the sum of ink", levels=SHIFTS
            ),
            KnownAnswer("consistency", FULL, "shifts that clip nothing keep the sum of ink", levels=SHIFTS),
            KnownAnswer("kappa", FULL, "shifts that clip nothing keep the sum of ink", levels=SHIFTS),
            KnownAnswer("flip_probability", NOTHING, "shifts that clip nothing keep the sum of ink"),
            KnownAnswer("lie_derivative", NOTHING, "shifts that clip nothing keep the sum of ink", "scores"),
        ),
    ),
    Case(
        "bag-of-pixels",
        "parts-apart",
        (
            KnownAnswer("prediction_distance", NOTHING, "tiles move and no ink is lost", levels=STEPS),
            KnownAnswer("consistency", FULL, "tiles move and no ink is lost", levels=STEPS),
            KnownAnswer("kappa", FULL, "tiles move and no ink is lost", levels=STEPS),
            KnownAnswer("intact_auroc", Near(0.5), "confidence does not tell what was broken", levels=APART),
            KnownAnswer("feature_distance", NOTHING, "features do not change", BEFORE_LAST, STEPS),
            KnownAnswer("normalised_variance", NOTHING, "features do not change", BEFORE_LAST),
            KnownAnswer(
                "firing_ratio", Near(100.0, 1e-3), "where one of 100 fires, it does so always", BEFORE_LAST
            ),
            KnownAnswer(
                "learned_map",
                Near(1.0, 1e-3),
                "the identity maps features that do not change",
                BEFORE_LAST,
                APART[:4],
            ),
            KnownAnswer("pose_decodability", NOTHING, "perfect invariance has lost the displacement", BEFORE_LAST),
        ),
    ),
    Case(
        "dice",
        "rotation",
        (
            KnownAnswer("accuracy", TENTH, "one of ten by chance", levels=ANGLES),
            KnownAnswer("mean_accuracy", share(0.1, len(ANGLES) * IMAGES), "one of ten by chance, at six levels"),
            KnownAnswer("consistency", TENTH, "two throws agree one time of ten", levels=TURNED),
            KnownAnswer(
                "kappa", Near(0.0, TENTH.tolerance / 0.9), "two throws agree by chance alone", levels=TURNED
            ),
            KnownAnswer(
                "flip_probability", share(0.9, len(TURNED) * IMAGES), "two throws differ nine times of ten"
            ),
            KnownAnswer("worst_orbit_accuracy", share(0.1**6, IMAGES), "right six times"),
            KnownAnswer("best_orbit_accuracy", share(1 - 0.9**6, IMAGES), "not wrong six times"),
            KnownAnswer("feature_distance", Near(1.0, 0.05), "as far as another image", BEFORE_LAST, TURNED),
            KnownAnswer(
                "level_variance", Near(1 / math.sqrt(3), 0.02), "of two uniform numbers", BEFORE_LAST, TURNED
            ),
            # Few fire at all: four standard errors, found by drawing dice of other seeds
            KnownAnswer("firing_ratio", Near(1.0, 1.0), "units fire by chance", BEFORE_LAST),
            KnownAnswer(
                "learned_map",
                Near(0.0, 0.01),
                "nothing is known of the next throw",
                BEFORE_LAST,
                (-90.0, 90.0, 180.0),
            ),
            KnownAnswer("pose_decodability", Near(0.0, 0.01), "dice do not know the angle", BEFORE_LAST),
            KnownAnswer("lie_derivative", Absent(), "what jumps has no derivative", "scores"),
        ),
    ),
    Case(
        "dice",
        "parts-apart",
        (
            KnownAnswer(
                "intact_auroc", Near(0.5, 4 / math.sqrt(6 * IMAGES)), "confidence is drawn anew", levels=APART
            ),
        ),
    ),
    Case(
        "moments",
        "rotation",
        (
            KnownAnswer("canonicalisation_error", NOTHING, "the turn is taken out", levels=QUARTERS),
            KnownAnswer(
                "canonicalisation_error",
                Near(0.0, 0.05),
                "the turn is taken out, but for resampling",
                levels=SLANTED,
            ),
            KnownAnswer("canonicalisation_image_error", NOTHING, "the same pixels are seen", levels=QUARTERS),
            KnownAnswer("recovered_correlation", Near(1.0, 0.01), "the angle that was applied is found"),
            KnownAnswer("prediction_distance", NOTHING, "the same pixels are seen", levels=QUARTERS),
        ),
    ),
    Case(
        "moments",
        "scale",
        (
            KnownAnswer(
                "canonicalisation_error",
                Near(0.0, 0.05),
                "the factor is taken out, but for resampling",
                levels=GROWN,
            ),
            KnownAnswer("recovered_correlation", Near(1.0, 0.01), "the factor that was applied is found"),
        ),
    ),
    Case(
        "places",
        "translation",
        (
            KnownAnswer("pose_linearity", FULL, "the place moves by what is applied"),
            KnownAnswer("pose_decodability", AtLeast(0.95), "but for where each digit lay before", BEFORE_LAST),
        ),
    ),
    Case(
        "copyist",
        "translation",
        (
            KnownAnswer("reconstruction_error", NOTHING, "untouched digits lie within the middle", levels=(0.0,)),
            KnownAnswer(
                "reconstruction_ignored", Near(1 - 28**2 / 40**2), "the border is never drawn", levels=(0.0, 4.0)
            ),
        ),
    ),
)
