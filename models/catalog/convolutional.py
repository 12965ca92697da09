"""Convolutional networks. A literal table; builders are text, so listing imports no torch."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.recipes import PRESETS, SABOUR, Preset, Recipe
from models.spec import ModelSpec

GU_2021 = "Gu, Wu and Tresp 2021, arXiv 2103.15459"
SABOUR_2017 = "Sabour et al. 2017, arXiv 1710.09829, section 4"


def _pair(
    name: str,
    summary: str,
    reference: str,
    parameters: int,
    *,
    builder: str = "models.cnn:build_cnn",
    recipes: Mapping[Preset, Recipe] | None = None,
    presets: tuple[Preset, ...] = PRESETS,
    **options: Any,
) -> tuple[ModelSpec, ModelSpec]:
    """Return one network in both regimes."""
    clean = ModelSpec(
        name=name,
        builder=builder,
        regime="clean",
        architecture=name,
        summary=summary,
        reference=reference,
        options=options,
        recipes=recipes or {},
        group="convolutional",
        parameters=parameters,
        presets=presets,
    )
    return clean, replace(clean, name=f"{name}-augmented", regime="augmented")


CONVOLUTIONAL: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="baseline",
        builder="models.cnn:build_cnn",
        regime="clean",
        architecture="cnn",
        summary="pooling CNN trained on upright digits",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        group="convolutional",
        parameters=171_206,
        tags=("core",),
    ),
    ModelSpec(
        name="augmented",
        builder="models.cnn:build_cnn",
        regime="augmented",
        architecture="cnn",
        summary="the same CNN trained over the suite's range",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        group="convolutional",
        parameters=171_206,
        tags=("core",),
    ),
    *_pair(
        "cnn-average",
        "CNN with average pooling",
        "LeCun et al. 1998, Proc. IEEE 86(11)",
        171_206,
        pooling="average",
    ),
    *_pair(
        "cnn-blur",
        "CNN with max pooling that is blurred against aliasing",
        "Zhang 2019, arXiv 1904.11486",
        171_206,
        pooling="blur",
    ),
    *_pair(
        "cnn-stride",
        "CNN without pooling, its convolutions of stride 2",
        "Springenberg et al. 2015, arXiv 1412.6806",
        171_206,
        pooling="stride",
    ),
    # These stand beside CapsNet, so in the paper preset they are trained as it is.
    *_pair(
        "cnn-k9",
        "CNN with 9x9 kernels and max pooling, of CapsNet's size",
        GU_2021,
        162_878,
        recipes={"paper": SABOUR},
        design="large-kernel",
    ),
    *_pair(
        "cnn-k9-average",
        "strong plain CNN of CapsNet's size: 9x9 kernels and average pooling",
        GU_2021,
        162_878,
        recipes={"paper": SABOUR},
        design="large-kernel",
        pooling="average",
    ),
    # The paper trains it with Adam; what else is not published is CapsNet's here.
    *_pair(
        "cnn-paper",
        "the CapsNet paper's own baseline: three wide convolutions, no pooling",
        SABOUR_2017,
        35_445_522,
        recipes={"paper": SABOUR},
        presets=("paper",),
        design="sabour",
    ),
    *_pair(
        "cnn-decoder",
        "CNN with CapsNet's decoder as a regulariser",
        SABOUR_2017,
        171_206,
        builder="models.decoded_cnn:build_decoded_cnn",
    ),
)
