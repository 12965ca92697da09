"""References: networks built to stand a change. A literal table; builders are text, so listing needs no torch."""

from dataclasses import replace
from typing import Any

from models.spec import ModelSpec


def _pair(
    name: str, builder: str, summary: str, reference: str, parameters: int, **options: Any
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
        group="references",
        parameters=parameters,
    )
    return clean, replace(clean, name=f"{name}-augmented", regime="augmented")


REFERENCES: tuple[ModelSpec, ...] = (
    *_pair(
        "p4cnn",
        "models.group_convolution:build_p4cnn",
        "group convolutions over quarter turns: invariant to them by construction",
        "Cohen and Welling 2016, arXiv 1602.07576",
        157_442,
    ),
    *_pair(
        "polar",
        "models.log_polar:build_polar",
        "log-polar sampling about a predicted centre: rotation and scale become shifts",
        "Esteves et al. 2018, arXiv 1709.01889",
        156_498,
    ),
    *_pair(
        "canonical",
        "models.canonical:build_canonical",
        "a small equivariant network predicts the angle by which the image is turned before the CNN",
        "Rowley, Baluja and Kanade 1998, CVPR; Worrall et al. 2017, arXiv 1612.04642",
        171_302,
    ),
    *_pair(
        "tta",
        "models.averaging:build_average",
        "the pooling CNN, its probabilities averaged at test over twelve turns of the image",
        "Krizhevsky, Sutskever and Hinton 2012, NeurIPS, who average over crops",
        171_206,
        model="models.cnn:build_cnn",
    ),
)
