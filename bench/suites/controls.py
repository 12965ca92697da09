"""Controls: changes that move nothing."""

from runbench.suites.suite import Suite

CONTROLS: tuple[Suite, ...] = (
    Suite(
        name="noise",
        question="What happens when every pixel is disturbed?",
        axis="noise",
        unit="standard deviation",
        transform="runbench.transforms.intensity:Noise",
        levels=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
        identity=0.0,
        training_range=(0.0, 0.3),
        canvas=28,
        domain=(0.0, 2.0),
        group="controls",
        note="A control: no pixel moves. Gaussian noise is added to pixels between 0 and 1, then cut to "
        "black and white.",
    ),
    Suite(
        name="blur",
        question="What happens when the image is out of focus?",
        axis="blur",
        unit="px",
        transform="runbench.transforms.intensity:Blur",
        levels=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5),
        identity=0.0,
        training_range=(0.0, 1.5),
        canvas=28,
        domain=(0.0, 4.0),
        group="controls",
        note="A control: nothing moves. The level is the standard deviation of a Gaussian.",
    ),
    Suite(
        name="contrast",
        question="What happens when contrast fades?",
        axis="contrast lost",
        unit="share",
        transform="runbench.transforms.intensity:ContrastLoss",
        levels=(0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
        identity=0.0,
        training_range=(0.0, 0.6),
        canvas=28,
        domain=(0.0, 0.99),
        group="controls",
        note="A control: no pixel moves. All pixels approach the image's mean by the level.",
    ),
)
