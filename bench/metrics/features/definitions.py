"""Every metric of features: its name, what it says, and its source. A literal table; no torch."""

from functools import partial

from runbench.metrics.metric import Metric

_error_of_network = partial(Metric, of="network", over="level", better="lower")
_error_of_layer = partial(Metric, of="layer", over="level", better="lower")
_change_of_layer = partial(Metric, of="layer", better="lower")
_merit_of_layer = partial(Metric, of="layer", better="higher")

FEATURE_METRICS: tuple[Metric, ...] = (
    _error_of_network(
        name="prediction_distance",
        title="distance of predictions",
        definition="Jensen-Shannon distance of the probabilities of the changed and the unchanged image, with "
        "logarithms to base 2: 0 for the same probabilities, 1 for certainty of different classes. Probabilities "
        "that each stand for a class's presence are compared class by class, and the mean taken.",
        source="Lin 1991; Endres & Schindelin 2003",
    ),
    _error_of_layer(
        name="feature_distance",
        title="invariance error",
        definition="Distance of a layer's features of the changed and the unchanged image, over the mean distance "
        "of the features of different images: 0 is invariant, 1 no closer than another image.",
    ),
    _error_of_layer(
        name="level_variance",
        title="normalised variance, one level",
        definition="As the normalised variance, of the identity and one level alone.",
        source="after Quiroga et al. 2023",
    ),
    _change_of_layer(
        name="normalised_variance",
        title="normalised variance",
        definition="For each unit the standard deviation over levels, mean over images, divided by the standard "
        "deviation over images, mean over levels; the mean over units. 0 is invariant. Units that are the same "
        "for all images are left out and counted as dead.",
        source="Quiroga et al. 2023",
    ),
    _change_of_layer(
        name="dead_units",
        title="dead units",
        definition="Share of a layer's units that are the same for all images at every level.",
    ),
    _merit_of_layer(
        name="firing_ratio",
        title="conditional firing ratio",
        definition="A unit fires above its own 99% quantile over untransformed images. How often it fires along "
        "the orbit of images at which it fires, the identity left out, over how often it fires at all: 1 for a "
        "unit that fires at random, 100 for an invariant one. The mean over units that fire.",
        source="Goodfellow et al. 2009",
    ),
    _error_of_layer(
        name="equivariance_error",
        title="equivariance error",
        definition="Distance of the features of the moved image from the moved features of the image, over the "
        "norm of the features, on the units that are valid in both.",
        source="Lenc & Vedaldi 2015",
        floor="what moving these features there and back costs by resampling alone",
    ),
    _error_of_layer(
        name="exact_equivariance_error",
        title="equivariance error, exact subset",
        definition="The equivariance error at levels that move every pixel and every unit of the layer onto "
        "another, so that nothing is resampled: quarter turns on a symmetric lattice, shifts by whole multiples "
        "of the pitch. There the floor is 0.",
        source="Lenc & Vedaldi 2015",
    ),
    _change_of_layer(
        name="lie_derivative",
        title="local equivariance error (LEE)",
        definition="Mean square of how fast a layer's features change when the image is moved and the features "
        "are moved back, per squared unit of the axis, at the identity; of the scores, which are not moved back, "
        "how fast they change. Central differences at two steps that agree.",
        source="Gruver et al. 2023",
    ),
    _change_of_layer(
        name="relative_lie_derivative",
        title="relative LEE",
        definition="The local equivariance error divided by the mean square of the same features, so that layers "
        "and models of different scale can be set side by side.",
        source="after Gruver et al. 2023",
    ),
    Metric(
        name="learned_map",
        title="learned-map equivariance",
        over="level",
        of="layer",
        better="higher",
        definition="Share of the variance of the features of changed images that a linear map of the features of "
        "the unchanged ones explains, on images that did not fit it (ridge regression). 1: the change acts "
        "linearly on the features.",
        source="Lenc & Vedaldi 2015",
        floor="the share that the features explain as they are, without a map",
    ),
    _merit_of_layer(
        name="pose_decodability",
        title="pose decodability",
        definition="Share of the variance of the change's parameters (cosine and sine of an angle, logarithm of a "
        "factor, the level else) that a linear map of the features explains, on images that did not fit it (ridge "
        "regression). 0: the features have lost the pose.",
        resampled=True,
    ),
    _merit_of_layer(
        name="pose_decodability_equal_width",
        title="pose decodability at equal width",
        definition="Pose decodability from the 100 principal components of the features that vary most, so that "
        "layers of different width are compared at one; layers with fewer units keep all.",
        resampled=True,
    ),
    Metric(
        name="pose_linearity",
        title="linearity of the pose",
        of="dimension",
        better="higher",
        definition="How well a linear function of the change's parameters, with coefficients of its own for each "
        "image, describes one dimension of the true class's capsule along the sweep: the share of variance over "
        "levels that it explains.",
        floor="the share that noise would have explained",
    ),
    _error_of_network(
        name="canonicalisation_error",
        title="canonicalisation error",
        definition="Distance (Frobenius norm) of the transformation chosen for the changed image, with the change "
        "taken out again, from the one chosen for the unchanged image: 0 for a perfect canonicaliser.",
    ),
    _error_of_network(
        name="canonicalisation_image_error",
        title="canonicalisation error of the image",
        definition="Distance of what the model chooses to see of the changed image from what it sees of the "
        "unchanged one, over the norm of the latter.",
    ),
    Metric(
        name="recovered_correlation",
        title="recovered and applied change",
        of="network",
        better="higher",
        definition="Correlation of the angle that the chosen transformation recovers with the applied one "
        "(circular), or of the logarithm of the recovered factor with that of the applied one; 1 follows it, 0 "
        "does not, as where nothing is recovered at all.",
        source="Fisher & Lee 1983 for angles",
        resampled=True,
    ),
    _error_of_network(
        name="reconstruction_error",
        title="reconstruction error",
        definition="Mean squared error of the pixels of what the model draws of the true class's capsule; of a "
        "label set, of each digit with its own drawing.",
        source="Sabour et al. 2017",
    ),
    _error_of_network(
        name="reconstruction_ignored",
        title="input pixels that the reconstruction ignores",
        definition="Share of the input's pixels whose influence on the drawing, the root mean square of its "
        "derivative, is below 1% of the most influential pixel's.",
    ),
)
