"""Convolutional networks. A literal table; builders are text, so listing imports no torch."""

from models.spec import ModelSpec

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
)
