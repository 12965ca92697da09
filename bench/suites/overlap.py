"""Two objects in one image, both to be found."""

from runbench.suites.suite import Suite
from runbench.tasks import LABEL_SET

ADDS_INK = "two images are laid over each other by adding their ink, which needs objects on black ground"

PAIRS: tuple[Suite, ...] = (
    Suite(
        name="overlap",
        question="What happens when two objects cover each other?",
        axis="overlap",
        unit="share",
        transform="runbench.transforms.overlap:Overlap",
        levels=tuple(step / 10 for step in range(9)),
        identity=0.0,
        training_range=(0.0, 0.4),
        canvas=40,
        domain=(0.0, 1.0),
        task=LABEL_SET,
        objects=2,
        grows_with="boxes",
        further_metrics=("digit_recall", "attained_level"),
        note="Two digits of different classes, merged by min(a + b, 1); the level is the share of the smaller "
        "bounding box that the other covers. Whole pixels cannot meet every share, and a tall and a wide box "
        "not the largest: the share attained is stored with each answer. Both digits must be found.",
        only_on_black=ADDS_INK,
    ),
    Suite(
        name="multimnist",
        question="Are two digits found that cover each other by chance?",
        axis="",
        unit="px",
        transform="runbench.transforms.overlap:MultiMNIST",
        levels=(4.0,),
        identity=0.0,
        training_range=(4.0, 4.0),
        canvas=36,
        domain=(0.0, 8.0),
        whole=True,
        task=LABEL_SET,
        objects=2,
        further_metrics=("digit_recall", "attained_level"),
        note="Pairs after Sabour et al. 2017: different classes, each digit moved by up to 4 px along each "
        "axis, merged by min(a + b, 1). Both digits must be found.",
        only_on_black=ADDS_INK,
    ),
)
