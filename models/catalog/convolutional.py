"""Convolutional networks. A literal table; builders are text, so listing imports no torch."""

from functools import partial

from runbench.models.catalog.pairing import in_both_regimes
from runbench.models.recipes import SABOUR
from runbench.models.spec import ModelSpec

GU_2021 = "Gu, Wu and Tresp 2021, arXiv 2103.15459"
SABOUR_2017 = "Sabour et al. 2017, arXiv 1710.09829, section 4"


_pair = partial(in_both_regimes, group="convolutional", builder="runbench.models.networks.cnn:build_cnn")

CONVOLUTIONAL: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="baseline",
        builder="runbench.models.networks.cnn:build_cnn",
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
        builder="runbench.models.networks.cnn:build_cnn",
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
        171_206,
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        pooling="average",
    ),
    *_pair(
        "cnn-blur",
        "CNN with max pooling that is blurred against aliasing",
        171_206,
        reference="Zhang 2019, arXiv 1904.11486",
        pooling="blur",
    ),
    *_pair(
        "cnn-stride",
        "CNN without pooling, its convolutions of stride 2",
        171_206,
        reference="Springenberg et al. 2015, arXiv 1412.6806",
        pooling="stride",
    ),
    # These stand beside CapsNet, so in the paper preset they are trained as it is.
    *_pair(
        "cnn-k9",
        "CNN with 9x9 kernels and max pooling, of CapsNet's size",
        162_878,
        reference=GU_2021,
        recipes={"paper": SABOUR},
        design="large-kernel",
    ),
    *_pair(
        "cnn-k9-average",
        "strong plain CNN of CapsNet's size: 9x9 kernels and average pooling",
        162_878,
        reference=GU_2021,
        recipes={"paper": SABOUR},
        design="large-kernel",
        pooling="average",
    ),
    # The paper trains it with Adam; what else is not published is CapsNet's here.
    *_pair(
        "cnn-paper",
        "the CapsNet paper's own baseline: three wide convolutions, no pooling",
        35_445_522,
        reference=SABOUR_2017,
        recipes={"paper": SABOUR},
        presets=("paper",),
        design="sabour",
    ),
    *_pair(
        "cnn-decoder",
        "CNN with CapsNet's decoder as a regulariser",
        171_206,
        reference=SABOUR_2017,
        builder="runbench.models.networks.decoded_cnn:build_decoded_cnn",
    ),
)
