"""What confidence and probabilities are worth. Literal definitions."""

from runbench.metrics.metric import Score

CONFIDENCE_SCORES: tuple[Score, ...] = (
    Score(
        name="expected_calibration_error",
        title="expected calibration error",
        over="level",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Mean distance between confidence and accuracy in 15 bins of equal width, weighted by how "
        "many images lie in each, at one level. Non-finite scores have confidence 0.",
        source="Guo et al. 2017",
    ),
    Score(
        name="equal_mass_calibration_error",
        title="expected calibration error, equal mass",
        over="level",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Expected calibration error at one level in 15 bins that hold as many images each, equal "
        "confidences together. The bins' edges stay where they are when images are resampled.",
        source="after Nguyen & O'Connor 2015",
    ),
    Score(
        name="brier_score",
        title="Brier score",
        over="level",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="Sum over classes of the squared distance between probability and truth, mean over images at "
        "one level: 0 at best, for single objects 2 at worst. For pairs each class is a presence of its own. "
        "Non-finite scores count as equal probabilities for all classes.",
        source="Brier 1950",
    ),
    Score(
        name="negative_log_likelihood",
        title="negative log-likelihood",
        over="level",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="Minus the natural logarithm of the probability of the true class, mean over images at one "
        "level; for pairs, where each class is a presence of its own, of the probability of all that is and is "
        "not there. Probabilities below 1e-7 count as 1e-7, non-finite scores as equal probabilities for all "
        "classes.",
        source="Guo et al. 2017",
    ),
    Score(
        name="intact_auroc",
        title="AUROC of confidence, intact against changed",
        over="level",
        unit="index",
        better="higher",
        interval="bootstrap",
        definition="Chance that an intact image, one at the identity, has more confidence than one changed to "
        "this level, ties counting half: 1 where confidence tells them apart, 0.5 where it cannot. A model that "
        "relies on the presence of parts more than on their arrangement scores near 0.5.",
        source="Hanley & McNeil 1982",
    ),
    Score(
        name="pooled_calibration_error",
        title="calibration error over the sweep",
        over="sweep",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Expected calibration error, 15 bins of equal width, of the predictions at all levels taken "
        "together.",
        source="Guo et al. 2017",
    ),
    Score(
        name="pooled_equal_mass_calibration_error",
        title="calibration error over the sweep, equal mass",
        over="sweep",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Expected calibration error of the predictions at all levels taken together, in 15 bins that "
        "hold as many of them each, equal confidences together.",
        source="after Nguyen & O'Connor 2015",
    ),
    Score(
        name="mean_brier_score",
        title="mean Brier score",
        over="sweep",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="Mean of the Brier scores at all levels, each level counted once.",
        source="Brier 1950",
    ),
    Score(
        name="mean_negative_log_likelihood",
        title="mean negative log-likelihood",
        over="sweep",
        unit="index",
        better="lower",
        interval="bootstrap",
        definition="Mean of the negative log-likelihoods at all levels, each level counted once.",
        source="Guo et al. 2017",
    ),
    Score(
        name="mean_intact_auroc",
        title="mean AUROC of confidence, intact against changed",
        over="sweep",
        unit="index",
        better="higher",
        interval="bootstrap",
        definition="Mean over all levels but the identity of the chance that an intact image has more confidence "
        "than a changed one.",
        source="Hanley & McNeil 1982",
    ),
)
