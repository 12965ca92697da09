"""Axes along which an object falls to pieces."""

from runbench.suites.suite import Suite

PARTS_NOTE = (
    "Protocol of our own: no published protocol displaces the parts of digits. The grid is cut around the "
    "digit's own bounding box; tiles move by whole pixels, never onto one another, and no ink is lost."
)

PARTS: tuple[Suite, ...] = (
    Suite(
        name="parts-apart",
        question="What happens when the object falls to pieces?",
        axis="displacement of the tiles",
        unit="px",
        transform="runbench.transforms.parts:Apart",
        levels=tuple(float(step) for step in range(7)),
        identity=0.0,
        training_range=(0.0, 3.0),
        canvas=40,
        domain=(0.0, 6.0),
        whole=True,
        group="parts",
        further_metrics=("intact_auroc",),
        note=f"{PARTS_NOTE} The tiles of a 2x2 or 3x3 grid, drawn per image, move away from the centre, each "
        "by the level along every axis on which it lies beside it.",
    ),
    Suite(
        name="parts-halves",
        question="What happens when the object's halves slide apart?",
        axis="slide of the halves",
        unit="px",
        transform="runbench.transforms.parts:Halves",
        levels=tuple(float(step) for step in range(11)),
        identity=0.0,
        training_range=(0.0, 5.0),
        canvas=40,
        domain=(0.0, 12.0),
        whole=True,
        group="parts",
        further_metrics=("intact_auroc",),
        note=f"{PARTS_NOTE} Two halves slide along their cut, horizontal or vertical, drawn per image; the "
        "level is how far one slides against the other.",
    ),
    Suite(
        name="parts-exchange",
        question="What happens when the object's parts change places?",
        axis="tiles that change places",
        unit="share",
        transform="runbench.transforms.parts:Exchange",
        levels=(0.0, 0.25, 0.5, 0.75, 1.0),
        identity=0.0,
        training_range=(0.0, 0.5),
        canvas=40,
        domain=(0.0, 1.0),
        group="parts",
        further_metrics=("intact_auroc", "attained_level"),
        note=f"{PARTS_NOTE} Tiles of a 2x2 or 3x3 grid, drawn per image, change places in one cycle; a single "
        "tile cannot, so then two do.",
    ),
)
