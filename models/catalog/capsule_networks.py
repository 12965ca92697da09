"""Capsule networks. A literal table; builders are text, so listing imports no torch."""

from typing import Any

from models.recipes import SABOUR, Regime
from models.spec import ModelSpec

CAPSNET = "models.capsnet:build_capsnet"
ATTENTION_CAPSNET = "models.attention_capsnet:build_attention_capsnet"

SABOUR_2017 = "Sabour et al. 2017, arXiv 1710.09829"
PAIK_2019 = "Paik, Kwak and Kim 2019, ACML"
GU_2020 = "Gu and Tresp 2020, CVPR"
MAZZIA_2021 = "Mazzia et al. 2021, arXiv 2101.12491"


def _variant(
    architecture: str, builder: str, parameters: int, reference: str, summary: str, **options: Any
) -> tuple[ModelSpec, ModelSpec]:
    """Return one network's specs in both regimes."""

    def spec(name: str, regime: Regime, training: str) -> ModelSpec:
        return ModelSpec(
            name=name,
            builder=builder,
            regime=regime,
            architecture=architecture,
            summary=f"{summary}, trained {training}",
            reference=reference,
            options=options,
            recipes={"paper": SABOUR},
            group="capsules",
            parameters=parameters,
        )

    return (
        spec(architecture, "clean", "on upright digits"),
        spec(f"{architecture}-augmented", "augmented", "over the suite's range"),
    )


CAPSULE_NETWORKS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="capsnet",
        builder="models.capsnet:build_capsnet",
        regime="clean",
        architecture="capsnet",
        summary="capsules with dynamic routing and a decoder, trained on upright digits as in their paper",
        reference="Sabour et al. 2017, arXiv 1710.09829",
        group="capsules",
        parameters=162_320,
        tags=("core",),
        recipes={"paper": SABOUR},
    ),
    ModelSpec(
        name="capsnet-augmented",
        builder="models.capsnet:build_capsnet",
        regime="augmented",
        architecture="capsnet",
        summary="the same capsule network trained over the suite's range",
        reference="Sabour et al. 2017, arXiv 1710.09829",
        group="capsules",
        parameters=162_320,
        tags=("core",),
        recipes={"paper": SABOUR},
    ),
    *_variant(
        "capsnet-routing-1", CAPSNET, 162_320, SABOUR_2017, "capsules with one routing iteration", iterations=1
    ),
    *_variant(
        "capsnet-routing-2", CAPSNET, 162_320, SABOUR_2017, "capsules with two routing iterations", iterations=2
    ),
    *_variant(
        "capsnet-routing-5", CAPSNET, 162_320, SABOUR_2017, "capsules with five routing iterations", iterations=5
    ),
    *_variant(
        "capsnet-uniform",
        CAPSNET,
        162_320,
        PAIK_2019,
        "capsules coupled uniformly, which one routing iteration comes to",
        coupling="uniform",
    ),
    *_variant(
        "capsnet-random",
        CAPSNET,
        162_320,
        PAIK_2019,
        "capsules coupled by fixed random coefficients",
        coupling="random",
    ),
    *_variant(
        "capsnet-shared",
        CAPSNET,
        47_120,
        GU_2020,
        "dynamic routing with transforms shared over positions",
        transforms="shared",
    ),
    *_variant(
        "capsnet-shared-uniform",
        CAPSNET,
        47_120,
        GU_2020,
        "capsules coupled uniformly, with transforms shared over positions",
        transforms="shared",
        coupling="uniform",
    ),
    *_variant(
        "capsnet-cross-entropy",
        CAPSNET,
        162_320,
        SABOUR_2017,
        "dynamic routing with cross-entropy of the capsule lengths in place of the margin loss",
        loss="cross-entropy",
    ),
    *_variant(
        "capsnet-no-decoder",
        CAPSNET,
        162_320,
        SABOUR_2017,
        "dynamic routing without a decoder",
        reconstruction="none",
    ),
    *_variant(
        "capsnet-last-gradient",
        CAPSNET,
        162_320,
        SABOUR_2017,
        "dynamic routing with the gradient through the last iteration's votes alone",
        gradient="last",
    ),
    *_variant(
        "capsnet-together",
        CAPSNET,
        162_320,
        SABOUR_2017,
        "dynamic routing with a decoder that draws a pair of digits once, from both capsules",
        reconstruction="together",
    ),
    *_variant(
        "capsnet-attention",
        ATTENTION_CAPSNET,
        161_824,
        MAZZIA_2021,
        "few capsules routed once by self-attention, after Efficient-CapsNet",
    ),
)
