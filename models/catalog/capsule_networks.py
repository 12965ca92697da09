"""Capsule networks. A literal table; builders are text, so listing imports no torch."""

from functools import partial

from runbench.models.catalog.pairing import in_both_regimes
from runbench.models.recipes import SABOUR
from runbench.models.spec import ModelSpec

CAPSNET = "runbench.models.networks.capsnet:build_capsnet"
ATTENTION_CAPSNET = "runbench.models.networks.attention_capsnet:build_attention_capsnet"

SABOUR_2017 = "Sabour et al. 2017, arXiv 1710.09829"
PAIK_2019 = "Paik, Kwak and Kim 2019, ACML"
GU_2020 = "Gu and Tresp 2020, CVPR"
MAZZIA_2021 = "Mazzia et al. 2021, arXiv 2101.12491"


_pair = partial(in_both_regimes, group="capsules", builder=CAPSNET, recipes={"paper": SABOUR})

CAPSULE_NETWORKS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="capsnet",
        builder="runbench.models.networks.capsnet:build_capsnet",
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
        builder="runbench.models.networks.capsnet:build_capsnet",
        regime="augmented",
        architecture="capsnet",
        summary="the same capsule network trained over the suite's range",
        reference="Sabour et al. 2017, arXiv 1710.09829",
        group="capsules",
        parameters=162_320,
        tags=("core",),
        recipes={"paper": SABOUR},
    ),
    *_pair(
        "capsnet-routing-1", "capsules with one routing iteration", 162_320, reference=SABOUR_2017, iterations=1
    ),
    *_pair(
        "capsnet-routing-2", "capsules with two routing iterations", 162_320, reference=SABOUR_2017, iterations=2
    ),
    *_pair(
        "capsnet-routing-5", "capsules with five routing iterations", 162_320, reference=SABOUR_2017, iterations=5
    ),
    *_pair(
        "capsnet-uniform",
        "capsules coupled uniformly, which one routing iteration comes to",
        162_320,
        reference=PAIK_2019,
        coupling="uniform",
    ),
    *_pair(
        "capsnet-random",
        "capsules coupled by fixed random coefficients",
        162_320,
        reference=PAIK_2019,
        coupling="random",
    ),
    *_pair(
        "capsnet-shared",
        "dynamic routing with transforms shared over positions",
        47_120,
        reference=GU_2020,
        transforms="shared",
    ),
    *_pair(
        "capsnet-shared-uniform",
        "capsules coupled uniformly, with transforms shared over positions",
        47_120,
        reference=GU_2020,
        transforms="shared",
        coupling="uniform",
    ),
    *_pair(
        "capsnet-cross-entropy",
        "dynamic routing with cross-entropy of the capsule lengths in place of the margin loss",
        162_320,
        reference=SABOUR_2017,
        loss="cross-entropy",
    ),
    *_pair(
        "capsnet-no-decoder",
        "dynamic routing without a decoder",
        162_320,
        reference=SABOUR_2017,
        reconstruction="none",
    ),
    *_pair(
        "capsnet-last-gradient",
        "dynamic routing with the gradient through the last iteration's votes alone",
        162_320,
        reference=SABOUR_2017,
        gradient="last",
    ),
    *_pair(
        "capsnet-together",
        "dynamic routing with a decoder that draws a pair of digits once, from both capsules",
        162_320,
        reference=SABOUR_2017,
        reconstruction="together",
    ),
    *_pair(
        "capsnet-attention",
        "few capsules routed once by self-attention, after Efficient-CapsNet",
        161_824,
        reference=MAZZIA_2021,
        builder=ATTENTION_CAPSNET,
    ),
)
