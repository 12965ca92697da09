"""Networks with spatial transformers. A literal table; builders are text, so listing imports no torch."""

from models.spec import ModelSpec

SPATIAL_TRANSFORMERS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="stn",
        builder="models.stn:build_stn",
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
        builder="models.stn:build_stn",
        regime="clean",
        architecture="stn",
        summary="the same spatial transformer trained on upright digits",
        reference="Jaderberg et al. 2015, arXiv 1506.02025",
        group="spatial transformers",
        parameters=170_670,
        tags=("core",),
    ),
)
