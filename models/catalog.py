"""The built-in models: a literal table. Builders are named as text, so listing imports no torch."""

from models.recipes import SABOUR
from models.spec import ModelSpec

CATALOG: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="baseline",
        builder="models.cnn:build_cnn",
        regime="clean",
        architecture="cnn",
        summary="pooling CNN trained on upright digits",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        tags=("core",),
    ),
    ModelSpec(
        name="augmented",
        builder="models.cnn:build_cnn",
        regime="augmented",
        architecture="cnn",
        summary="the same CNN trained over the suite's range",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        tags=("core",),
    ),
    ModelSpec(
        name="stn",
        builder="models.stn:build_stn",
        regime="augmented",
        architecture="stn",
        summary="affine spatial transformer before the CNN, trained over the suite's range as in its paper",
        reference="Jaderberg et al. 2015, arXiv 1506.02025",
        tags=("core",),
    ),
    ModelSpec(
        name="stn-clean",
        builder="models.stn:build_stn",
        regime="clean",
        architecture="stn",
        summary="the same spatial transformer trained on upright digits",
        reference="Jaderberg et al. 2015, arXiv 1506.02025",
        tags=("core",),
    ),
    ModelSpec(
        name="capsnet",
        builder="models.capsnet:build_capsnet",
        regime="clean",
        architecture="capsnet",
        summary="capsules with dynamic routing and a decoder, trained on upright digits as in their paper",
        reference="Sabour et al. 2017, arXiv 1710.09829",
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
        tags=("core",),
        recipes={"paper": SABOUR},
    ),
)
