"""The built-in models: a literal table. Builders are named as text, so listing imports no torch."""

from models.spec import ModelSpec

CATALOG: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="baseline",
        builder="models.cnn:build_cnn",
        regime="clean",
        architecture="cnn",
        summary="Pooling CNN trained on upright digits",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        tags=("core",),
    ),
    ModelSpec(
        name="augmented",
        builder="models.cnn:build_cnn",
        regime="augmented",
        architecture="cnn",
        summary="The same CNN trained over the suite's range",
        reference="LeCun et al. 1998, Proc. IEEE 86(11)",
        tags=("core",),
    ),
)
