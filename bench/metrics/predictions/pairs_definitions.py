"""What is asked of two objects in one image. Literal definitions."""

from runbench.metrics.metric import Score

PAIRS_SCORES: tuple[Score, ...] = (
    Score(
        name="digit_recall",
        title="recall per digit",
        over="level",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Share of the two labels of an image that are among the two classes predicted, mean over "
        "images at one level. Non-finite scores find none.",
    ),
    Score(
        name="presence_calibration_error",
        title="calibration error of presence",
        over="level",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Distance between the probability that a class is in the image and how often it is, over all "
        "images and classes at one level, in 15 bins of equal width weighted by how many answers lie in each. "
        "Non-finite scores count as equal probabilities for all classes.",
        source="after Guo et al. 2017",
    ),
    Score(
        name="attained_level",
        title="level attained",
        over="level",
        unit="axis",
        better="neither",
        interval="bootstrap",
        definition="Mean of what the images really attain of one level, where whole pixels or tiles cannot meet "
        "it; for pairs, the share of the smaller bounding box that is covered.",
    ),
    Score(
        name="mean_digit_recall",
        title="mean recall per digit",
        over="sweep",
        unit="share",
        better="higher",
        interval="bootstrap",
        definition="Mean of the recalls per digit at all levels, each level counted once.",
    ),
    Score(
        name="pooled_presence_calibration_error",
        title="calibration error of presence over the sweep",
        over="sweep",
        unit="share",
        better="lower",
        interval="recentred bootstrap",
        definition="Calibration error of presence of the answers at all levels taken together.",
        source="after Guo et al. 2017",
    ),
)
