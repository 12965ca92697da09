"""Networks with spatial transformers. A literal table; builders are text, so listing imports no torch."""

from functools import partial

from runbench.models.catalog.pairing import in_both_regimes
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec

JADERBERG_2015 = "Jaderberg et al. 2015, arXiv 1506.02025"
COMPACT: tuple[Preset, ...] = ("smoke", "standard")


_pair = partial(
    in_both_regimes,
    group="spatial transformers",
    builder="runbench.models.networks.stn:build_stn",
    reference=JADERBERG_2015,
)

SPATIAL_TRANSFORMERS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="stn",
        builder="runbench.models.networks.stn:build_stn",
        regime="augmented",
        architecture="stn",
        summary="affine spatial transformer before the CNN, trained over the suite's range as in its paper",
        reference="Jaderberg et al. 2015, arXiv 1506.02025",
        group="spatial transformers",
        parameters=170_670,
        tags=("core",),
    ),
    ModelSpec(
        name="stn-clean",
        builder="runbench.models.networks.stn:build_stn",
        regime="clean",
        architecture="stn",
        summary="the same spatial transformer trained on upright digits",
        reference="Jaderberg et al. 2015, arXiv 1506.02025",
        group="spatial transformers",
        parameters=170_670,
        tags=("core",),
    ),
    # All that follow, but for `st-fcn` as its paper has it, are guarded against an empty crop: the first differs
    # from `stn` in that alone, and the others from the first in one thing each.
    *_pair("stn-guarded", "affine spatial transformer whose crop cannot become empty", 170_670, guard="crop"),
    *_pair(
        "stn-translation",
        "spatial transformer that may only move the image",
        170_538,
        guard="crop",
        family="translation",
    ),
    *_pair(
        "stn-similarity",
        "spatial transformer that may move, turn and zoom",
        170_604,
        guard="crop",
        family="similarity",
    ),
    *_pair(
        "stn-projective",
        "spatial transformer that may change the perspective",
        170_736,
        guard="crop",
        family="projective",
    ),
    *_pair(
        "stn-thin-plate",
        "spatial transformer that bends the image by a thin-plate spline through 16 points",
        171_528,
        guard="crop",
        family="thin-plate",
        reference=f"{JADERBERG_2015}; Bookstein 1989, IEEE TPAMI 11(6)",
    ),
    *_pair(
        "stn-features",
        "affine spatial transformer on the feature map after the first pooling",
        162_334,
        guard="crop",
        place="features",
    ),
    *_pair(
        "stn-both",
        "affine spatial transformers before the CNN and on its first feature map",
        177_588,
        guard="crop",
        place="both",
    ),
    *_pair(
        "stn-bicubic",
        "affine spatial transformer that samples with a bicubic kernel",
        170_670,
        guard="crop",
        kernel="bicubic",
        reference=f"{JADERBERG_2015}; Keys 1981, IEEE TASSP 29(6)",
    ),
    *_pair(
        "stn-crop",
        "affine spatial transformer that hands on half the resolution, averaged against aliasing",
        163_110,
        guard="crop",
        output_scale=0.5,
        hidden=(450,),
        presets=COMPACT,
    ),
    *_pair(
        "stn-slow",
        "affine spatial transformer whose localisation network learns at a tenth of the learning rate",
        170_670,
        guard="crop",
        localisation_pace=0.1,
    ),
    *_pair(
        "st-fcn",
        "affine spatial transformer before a fully connected network, no convolution anywhere",
        171_749,
        builder="runbench.models.networks.stn:build_st_fcn",
    ),
    *_pair(
        "fcn",
        "fully connected network, for comparison with st-fcn",
        169_260,
        builder="runbench.models.networks.fcn:build_fcn",
    ),
)
