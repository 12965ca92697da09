"""Capsule networks. A literal table; builders are text, so listing imports no torch."""

from models.recipes import SABOUR
from models.spec import ModelSpec

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
)
