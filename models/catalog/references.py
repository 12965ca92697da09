"""References: networks built to stand a change. A literal table; builders are text, so listing needs no torch."""

from functools import partial

from runbench.models.catalog.pairing import in_both_regimes
from runbench.models.spec import ModelSpec

_pair = partial(in_both_regimes, group="references")

REFERENCES: tuple[ModelSpec, ...] = (
    *_pair(
        "p4cnn",
        "group convolutions over quarter turns: invariant to them by construction",
        157_442,
        builder="runbench.models.networks.group_convolution:build_p4cnn",
        reference="Cohen and Welling 2016, arXiv 1602.07576",
    ),
    *_pair(
        "polar",
        "log-polar sampling about a predicted centre: rotation and scale become shifts",
        156_498,
        builder="runbench.models.networks.log_polar:build_polar",
        reference="Esteves et al. 2018, arXiv 1709.01889",
    ),
    *_pair(
        "canonical",
        "a small equivariant network predicts the angle by which the image is turned before the CNN",
        171_302,
        builder="runbench.models.networks.canonical:build_canonical",
        reference="Rowley, Baluja and Kanade 1998, CVPR; Worrall et al. 2017, arXiv 1612.04642",
    ),
    *_pair(
        "tta",
        "the pooling CNN, its probabilities averaged at test over twelve turns of the image",
        171_206,
        builder="runbench.models.networks.averaging:build_average",
        reference="Krizhevsky, Sutskever and Hinton 2012, NeurIPS, who average over crops",
        model="runbench.models.networks.cnn:build_cnn",
    ),
)
