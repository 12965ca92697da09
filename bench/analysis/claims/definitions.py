"""The claims, with their margins and what decides them. A literal table."""

from __future__ import annotations

from collections.abc import Iterable

from runbench.analysis.claims.claim import (
    AUROC,
    CALIBRATION_ERROR,
    CORRELATION,
    EXPLAINED,
    PERCENT,
    POINTS,
    RELATIVE_ERROR,
    Claim,
    Part,
)
from runbench.analysis.claims.effects import Difference, Greatest, Inside, Mean, Predicted
from runbench.errors import UsageError
from runbench.suites import SUITES

JADERBERG = "Jaderberg et al. 2015"
ESTEVES = "Esteves et al. 2018, table 2"
SABOUR = "Sabour et al. 2017"
PAIK = "Paik et al. 2019"
GU_2020 = "Gu & Tresp 2020"
GU_2021 = "Gu, Wu & Tresp 2021"
BAKER = "Baker & Elder 2022"

ROUTING_DOUBTED = (
    f"Against: {PAIK} (routing is often worse than uniform or random coupling), {GU_2020} (it adds neither "
    f"generalisation nor affine robustness) and {GU_2021} (it harms)"
)

NO_PROTOCOL = "No published protocol displaces the parts of digits."

PARTS = ("parts-apart", "parts-halves", "parts-exchange")


def _change_over_sweep(suite: str) -> Part:
    return Part(
        name="",
        decided_by="accuracy of the baseline: at the identity minus mean over the sweep",
        effect=Difference(
            (Predicted(suite, "baseline", "identity_accuracy"),), (Predicted(suite, "baseline", "mean_accuracy"),)
        ),
        direction="at least",
        margin=10,
        unit=POINTS,
    )


def _augmentation(suite: str) -> tuple[Part, Part]:
    gained = Part(
        name=f"{suite}, accuracy",
        decided_by="mean accuracy over the sweep: augmented minus baseline",
        effect=Difference(
            (Predicted(suite, "augmented", "mean_accuracy"),), (Predicted(suite, "baseline", "mean_accuracy"),)
        ),
        direction="at least",
        margin=10,
        unit=POINTS,
    )
    consistent = Part(
        name=f"{suite}, consistency",
        decided_by="mean consistency of augmented over the sweep",
        effect=Mean((Predicted(suite, "augmented", "mean_consistency"),)),
        direction="at least",
        margin=90,
        unit=PERCENT,
    )
    return gained, consistent


def _gain(suite: str, score: str, decided_by: str, model: str, other: str, name: str = "") -> Part:
    """Return a part that wants half a point more of a score on one suite."""
    return Part(
        name=name,
        decided_by=decided_by,
        effect=Difference((Predicted(suite, model, score),), (Predicted(suite, other, score),)),
        direction="at least",
        margin=0.5,
        unit=POINTS,
    )


def _small_shift(level: float) -> Part:
    return Part(
        name=f"{level:g} px",
        decided_by="consistency under the shift: baseline (max pooling) minus cnn-stride (no pooling)",
        effect=Difference(
            (Predicted("translation", "baseline", "consistency", level),),
            (Predicted("translation", "cnn-stride", "consistency", level),),
        ),
        direction="at least",
        margin=0.5,
        unit=POINTS,
    )


def _theta(suite: str, name: str) -> Part:
    return Part(
        name=name,
        decided_by="correlation of what theta of stn recovers with what was applied",
        effect=Mean((Inside(suite, "stn", "recovered_correlation"),)),
        direction="at least",
        margin=0.9,
        unit=CORRELATION,
    )


def _pose(suite: str, regime: str, capsules: str, network: str) -> Part:
    measure = "pose_decodability_equal_width"
    return Part(
        name=f"{suite}, {regime}",
        decided_by=f"pose decodability at equal width: class capsules of {capsules} minus penultimate layer of "
        f"{network}",
        effect=Difference(
            (Inside(suite, capsules, measure, "(capsules)"),),
            (Inside(suite, network, measure, "penultimate"),),
        ),
        direction="at least",
        margin=0.05,
        unit=EXPLAINED,
    )


CLAIMS: dict[int, Claim] = {
    claim.number: claim
    for claim in (
        Claim(
            number=1,
            statement="convolution is equivariant to shifts",
            parts=(
                Part(
                    name="",
                    decided_by="greatest equivariance error of the baseline's convolutions, exact subset",
                    effect=Greatest(
                        Inside("translation", "baseline", "exact_equivariance_error", "(convolution)")
                    ),
                    direction="at most",
                    margin=1e-4,
                    unit=RELATIVE_ERROR,
                ),
            ),
            note="the greatest over layers, levels and training seeds; of the bounds, the lower is that of the "
            "greatest value and the upper the greatest of all.",
        ),
        Claim(
            number=2,
            statement="pooling gives invariance to small shifts",
            parts=(_small_shift(1.0), _small_shift(2.0)),
        ),
        Claim(
            number=3,
            statement="convolutional networks are not invariant to rotation",
            parts=(_change_over_sweep("rotation"),),
        ),
        Claim(
            number=4,
            statement="convolutional networks are not invariant to scale",
            parts=(_change_over_sweep("scale"),),
        ),
        Claim(
            number=5,
            statement="augmentation makes them invariant to rotation and scale",
            parts=(*_augmentation("rotation"), *_augmentation("scale")),
        ),
        Claim(
            number=6,
            statement="they handle displaced parts poorly, and trust presence more than arrangement",
            parts=(
                Part(
                    name="displacement",
                    decided_by="accuracy of the baseline: at the identity minus at the largest displacement",
                    effect=Difference(
                        (Predicted("parts-apart", "baseline", "identity_accuracy"),),
                        (Predicted("parts-apart", "baseline", "accuracy", SUITES["parts-apart"].levels[-1]),),
                    ),
                    direction="at least",
                    margin=10,
                    unit=POINTS,
                ),
                Part(
                    name="arrangement",
                    decided_by="AUROC of the baseline's confidence: intact against all parts exchanged",
                    effect=Mean(
                        (
                            Predicted(
                                "parts-exchange", "baseline", "intact_auroc", SUITES["parts-exchange"].levels[-1]
                            ),
                        )
                    ),
                    direction="at most",
                    margin=0.9,
                    unit=AUROC,
                ),
            ),
            published=f"For: {BAKER} (networks do not notice a broken configuration of intact parts). "
            f"{NO_PROTOCOL}",
        ),
        Claim(
            number=7,
            statement="a spatial transformer makes a network invariant to rotation and scale",
            parts=tuple(
                _gain(
                    suite,
                    "area_under_curve",
                    "area under the curve: stn minus augmented",
                    "stn",
                    "augmented",
                    suite,
                )
                for suite in ("rotation", "scale")
            ),
            published=f"For: {JADERBERG} (error on rotated digits 0.7% against the CNN's 1.2%, known from others' "
            f"notes). Against so much: {ESTEVES} (0.61% against 0.74%, about 0.1 point).",
        ),
        Claim(
            number=8,
            statement="its theta follows the transform",
            parts=(_theta("rotation", "angle"), _theta("scale", "log scale")),
        ),
        Claim(
            number=9,
            statement="capsule length behaves as a probability of presence",
            parts=(
                Part(
                    name="",
                    decided_by="calibration error of the raw lengths of capsnet-augmented as presence, pairs",
                    effect=Mean((Predicted("overlap", "capsnet-augmented", "pooled_presence_calibration_error"),)),
                    direction="at most",
                    margin=0.05,
                    unit=CALIBRATION_ERROR,
                ),
            ),
            published=f"For: {SABOUR}, whose design it is; what sets the lengths is disputed. {ROUTING_DOUBTED}.",
        ),
        Claim(
            number=10,
            statement="capsule vectors encode pose",
            parts=(
                _pose("rotation", "clean", "capsnet", "baseline"),
                _pose("scale", "clean", "capsnet", "baseline"),
                _pose("rotation", "augmented", "capsnet-augmented", "augmented"),
                _pose("scale", "augmented", "capsnet-augmented", "augmented"),
            ),
            published=f"For: {SABOUR}, whose design it is. Against: {GU_2021} (routing and transforms per "
            "position harm, other parts help).",
        ),
        Claim(
            number=11,
            statement="CapsNet copes better with displaced parts than a CNN of equal size",
            parts=(
                Part(
                    name="",
                    decided_by="area under the curve, mean of the parts suites: capsnet-augmented minus augmented",
                    effect=Difference(
                        tuple(Predicted(suite, "capsnet-augmented", "area_under_curve") for suite in PARTS),
                        tuple(Predicted(suite, "augmented", "area_under_curve") for suite in PARTS),
                    ),
                    direction="at least",
                    margin=0.5,
                    unit=POINTS,
                ),
            ),
            published=f"{NO_PROTOCOL} {ROUTING_DOUBTED}; the last also find a 9x9 CNN with average pooling ahead "
            "of CapsNet.",
        ),
        Claim(
            number=12,
            statement="CapsNet separates overlapping digits better",
            parts=(
                _gain(
                    "overlap",
                    "mean_accuracy",
                    "exact match, mean over the sweep: capsnet-augmented minus augmented",
                    "capsnet-augmented",
                    "augmented",
                ),
            ),
            published=f"For: {SABOUR} (error on MultiMNIST 5.2% against the CNN's 8.1%). {ROUTING_DOUBTED}.",
        ),
        Claim(
            number=13,
            statement="routing matters",
            parts=tuple(
                _gain(
                    suite,
                    "mean_accuracy",
                    "accuracy over the sweep: capsnet-augmented (3 iterations) minus "
                    "capsnet-uniform-augmented (uniform coupling)",
                    "capsnet-augmented",
                    "capsnet-uniform-augmented",
                    suite,
                )
                for suite in ("rotation", "affine", "overlap")
            ),
            published=f"For: {SABOUR} (error on MultiMNIST 5.2% after 3 iterations, 7.5% after 1). "
            f"{ROUTING_DOUBTED}.",
        ),
    )
}


def claims_numbered(numbers: Iterable[int]) -> tuple[Claim, ...]:
    """Return the claims of these numbers, each once; raise UsageError for one that there is not."""
    wanted = tuple(dict.fromkeys(numbers))
    unknown = [number for number in wanted if number not in CLAIMS]
    if unknown:
        raise UsageError(f"there is no claim {unknown[0]}; there are {min(CLAIMS)} to {max(CLAIMS)}")
    return tuple(CLAIMS[number] for number in wanted)


def needed(claims: Iterable[Claim]) -> dict[str, tuple[str, ...]]:
    """Return the models that claims need on each suite, suites in the order of the bench's table."""
    wanted = dict.fromkeys(key for claim in claims for key in claim.suite_models)
    by_suite = {suite: tuple(model for name, model in wanted if name == suite) for suite in SUITES}
    return {suite: models for suite, models in by_suite.items() if models}
