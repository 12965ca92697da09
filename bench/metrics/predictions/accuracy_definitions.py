"""Shares of right answers, and of wrong ones. Literal definitions."""

from runbench.metrics.metric import Score

ACCURACY_SCORES: tuple[Score, ...] = (
    Score(
        name="accuracy",
        title="accuracy",
        over="level",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Share of images classified correctly at one level. Non-finite scores count as wrong.",
        source="interval: Wilson 1927",
    ),
    Score(
        name="non_finite_share",
        title="non-finite scores",
        over="level",
        unit="share",
        better="lower",
        interval="Wilson",
        definition="Share of images at one level for which the model gave NaN or infinity. They count as wrong "
        "and agree with no other prediction.",
    ),
    Score(
        name="identity_accuracy",
        title="accuracy at the identity",
        over="sweep",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Accuracy at the level where the transform changes nothing.",
        source="interval: Wilson 1927",
    ),
    Score(
        name="mean_accuracy",
        title="mean accuracy",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean of the accuracies at all levels, each level counted once.",
    ),
    Score(
        name="area_under_curve",
        title="area under the accuracy curve",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Area under accuracy against level by trapezoids over the real spacing of the levels, divided "
        "by the range from the lowest to the highest level.",
        source="after Hendrycks & Dietterich 2019, who space levels equally",
    ),
    Score(
        name="accuracy_in_range",
        title="accuracy in range",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean of the accuracies at the levels that training covered: interpolation.",
    ),
    Score(
        name="accuracy_out_of_range",
        title="accuracy out of range",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean of the accuracies at the levels that training did not cover: extrapolation.",
    ),
    Score(
        name="half_level",
        title="half-level",
        over="sweep",
        unit="axis",
        better="higher",
        interval="bootstrap",
        definition="Distance from the identity along the axis at which accuracy has fallen to half of that at "
        "the identity: the first such point, on a straight line between two levels, and where levels lie on both "
        "sides the nearer of the two. Absent where accuracy never falls so far; a resample that never does "
        "counts as the furthest level.",
    ),
    Score(
        name="worst_orbit_accuracy",
        title="worst-of-orbit accuracy",
        over="sweep",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Share of images classified correctly at every level of the sweep, the suite's grid of levels "
        "being the orbit.",
        source="Engstrom et al. 2019",
    ),
    Score(
        name="worst_of_ten_accuracy",
        title="worst-of-ten accuracy",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Share of images expected to be classified correctly at all of ten levels drawn at random "
        "from the suite's grid, none twice, computed without drawing any. Only for sweeps of more than ten "
        "levels; where fewer of them count for an image, all of these.",
        source="Engstrom et al. 2019",
    ),
    Score(
        name="mean_orbit_accuracy",
        title="mean-of-orbit accuracy",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean over images of the share of levels at which the image is classified correctly.",
        source="Engstrom et al. 2019",
    ),
    Score(
        name="best_orbit_accuracy",
        title="best-of-orbit accuracy",
        over="sweep",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Share of images classified correctly at one level at least of the suite's grid.",
        source="Engstrom et al. 2019",
    ),
    Score(
        name="mean_error",
        title="mean error",
        over="sweep",
        unit="share",
        better="lower",
        interval="bootstrap",
        definition="Mean over all levels of the share of images that are not classified correctly, each level "
        "counted once.",
    ),
    Score(
        name="relative_error",
        title="error relative to the baseline",
        over="sweep",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="Sum of the errors at all levels, over the same sum of the model named baseline on the same "
        "images with the same training seed: 1 for as many errors. Absent where the baseline's mean error is not "
        "surely above 0.5 points.",
        source="Hendrycks & Dietterich 2019: mCE",
    ),
    Score(
        name="relative_excess_error",
        title="excess error relative to the baseline",
        over="sweep",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="As the relative error, of the errors minus the one at the identity: what the change adds. "
        "Negative for a model that errs less on changed images; absent where what it adds to the baseline's mean "
        "error is not surely above 0.5 points.",
        source="Hendrycks & Dietterich 2019: relative mCE",
    ),
)
