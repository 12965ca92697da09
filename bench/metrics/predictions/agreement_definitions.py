"""Whether answers stay the same, right or wrong. Literal definitions."""

from runbench.metrics.metric import Score

AGREEMENT_SCORES: tuple[Score, ...] = (
    Score(
        name="consistency",
        title="consistency",
        over="level",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Share of images whose predicted class at one level is the one predicted at the identity, "
        "right or wrong.",
        source="Zhang 2019",
    ),
    Score(
        name="clean_correct_consistency",
        title="consistency where correct at the identity",
        over="level",
        unit="share",
        better="higher",
        interval="Wilson",
        definition="Consistency among the images that the model classifies correctly at the identity.",
        source="Zhang 2019",
    ),
    Score(
        name="kappa",
        title="consistency beyond chance (kappa)",
        over="level",
        unit="index",
        better="higher",
        interval="bootstrap",
        definition="Agreement with the prediction at the identity, corrected for the agreement that the two "
        "distributions of predicted classes give by chance: 1 is full agreement, 0 is chance. Undefined for a "
        "model that predicts one class only.",
        source="Cohen 1960",
    ),
    Score(
        name="right_to_wrong",
        title="right to wrong",
        over="level",
        unit="share",
        better="lower",
        interval="Wilson",
        definition="Share of all images that are classified correctly at the identity and not at one level.",
    ),
    Score(
        name="wrong_to_right",
        title="wrong to right",
        over="level",
        unit="share",
        better="neither",
        interval="Wilson",
        definition="Share of all images that are classified correctly at one level and not at the identity.",
    ),
    Score(
        name="wrong_to_other_wrong",
        title="wrong to other wrong",
        over="level",
        unit="share",
        better="neither",
        interval="Wilson",
        definition="Share of all images that are wrong at the identity and at one level, with two different "
        "answers or none at all. With consistency and the two other flips it makes 100%.",
    ),
    Score(
        name="mean_consistency",
        title="mean consistency",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean of the consistencies at all levels but the identity.",
        source="Zhang 2019",
    ),
    Score(
        name="mean_clean_correct_consistency",
        title="mean consistency where correct at the identity",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean over all levels but the identity of the consistency among the images that the model "
        "classifies correctly at the identity.",
        source="Zhang 2019",
    ),
    Score(
        name="mean_kappa",
        title="mean consistency beyond chance (kappa)",
        over="sweep",
        unit="index",
        better="higher",
        interval="bootstrap",
        definition="Mean of kappa over all levels but the identity.",
        source="Cohen 1960",
    ),
    Score(
        name="mean_right_to_wrong",
        title="mean of right to wrong",
        over="sweep",
        unit="share",
        better="lower",
        interval="bootstrap",
        definition="Mean over all levels but the identity of the share of images that are correct at the "
        "identity alone.",
    ),
    Score(
        name="mean_wrong_to_right",
        title="mean of wrong to right",
        over="sweep",
        unit="share",
        better="neither",
        interval="bootstrap",
        definition="Mean over all levels but the identity of the share of images that are correct there and not "
        "at the identity.",
    ),
    Score(
        name="mean_wrong_to_other_wrong",
        title="mean of wrong to other wrong",
        over="sweep",
        unit="share",
        better="neither",
        interval="bootstrap",
        definition="Mean over all levels but the identity of the share of images that are wrong there and at the "
        "identity, with different answers.",
    ),
    Score(
        name="flip_probability",
        title="flip probability",
        over="sweep",
        unit="share",
        better="lower",
        interval="bootstrap",
        definition="Share of images whose predicted class changes from one level to the next, mean over the "
        "steps between neighbouring levels. The axis is not closed, even where it is periodic.",
        source="Hendrycks & Dietterich 2019",
    ),
    Score(
        name="flips_per_unit",
        title="flips per unit of the axis",
        over="sweep",
        unit="per unit",
        better="lower",
        interval="bootstrap",
        definition="Number of changes of the predicted class along the sweep, per image and unit of the axis.",
        source="after Hendrycks & Dietterich 2019",
    ),
)
