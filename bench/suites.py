"""The suites: each is a named question, and each is data.

A suite moves every test image along one axis, or tests on one set of changed images. Adding a suite is adding an
entry to `SUITES`; nothing else in the bench names one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from transforms.base import Transform

Kind = Literal["single", "pairs"]

DIGIT_SIDE, DIGIT_EXTENT = 28, 20
"""Side of a digit's image and of the box that holds its ink, in pixels: canvases are stated for these."""


@dataclass(frozen=True)
class Suite:
    """Describe one axis of change, or one set of changed images.

    `transform` names a `transforms.base.Transform` as "module:class" and `options` its further arguments. `levels`
    are in `unit` and contain `identity`, the level at which nothing changes (for pairs: at which nothing is
    covered); `domain` bounds the levels that make sense, `whole` says that only whole numbers do. A suite without
    an `axis` is a set: it has one level. `training_range` bounds the levels that the augmented regime trains on.

    `canvas` is the side of the square image in pixels for images of 28 pixels and boxes of 20; `grows_with` says
    which of the two makes it larger for larger data. `objects` images make one; `kind` says whether the first or
    the first two of them are to be found. `period`, for an axis that closes on itself, is its length in `unit`.
    `further_scores` name the scores that this suite has beside those that all have. `note` is what a reader must
    know of the protocol. `only_on_black` says why objects on black ground are needed, and is empty where any image
    will do.
    """

    name: str
    question: str
    axis: str
    unit: str
    transform: str
    levels: tuple[float, ...]
    identity: float
    training_range: tuple[float, float]
    canvas: int
    domain: tuple[float, float]
    whole: bool = False
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    placement: Literal["centred", "random"] = "centred"
    kind: Kind = "single"
    objects: int = 1
    grows_with: Literal["image", "boxes"] = "image"
    group: str | None = None
    period: float | None = None
    further_scores: tuple[str, ...] = ()
    note: str = ""
    only_on_black: str = ""

    def trained_range(self, regime: str) -> tuple[float, float] | None:
        """Return the lowest and highest level that training under `regime` saw; None for none at all.

        Clean training shows single objects: for pairs, nothing of the axis.
        """
        identity = {"single": (self.identity, self.identity), "pairs": None}[self.kind]
        return self.training_range if regime == "augmented" else identity

    def middle_of(self, levels: Sequence[float]) -> int:
        """Return which of `levels` is nearest to the middle of what augmented training covers."""
        middle = sum(self.training_range) / 2
        return min(range(len(levels)), key=lambda place: abs(levels[place] - middle))

    @property
    def sought(self) -> int:
        """Return how many of an image's objects are to be found."""
        return {"single": 1, "pairs": 2}[self.kind]

    @property
    def success(self) -> str:
        """Name what an answer must be to count as correct, as a share of images is titled."""
        return {"single": "accuracy", "pairs": "exact match"}[self.kind]

    def at(self, level: float) -> Transform:
        """Return the suite's transform at `level`; only this imports torch."""
        family = resolve_name(self.transform)
        transform: Transform = family(level, **self.options)
        return transform

    def fit(self, side: int, extent: int) -> Suite:
        """Return the suite with room for images of `side` whose ink lies in boxes of `extent`."""
        more = {"image": side - DIGIT_SIDE, "boxes": 2 * (extent - DIGIT_EXTENT)}
        return replace(self, canvas=self.canvas + more[self.grows_with])


PARTS_NOTE = (
    "Protocol of our own: no published protocol displaces the parts of digits. The grid is cut around the "
    "digit's own bounding box; tiles move by whole pixels, never onto one another, and no ink is lost."
)
STN_NOTE = (
    "A set after Jaderberg et al. 2015: augmented models are trained and tested on it, as there; clean models "
    "saw undistorted digits on the same canvas."
)
ADDS_INK = "two images are laid over each other by adding their ink, which needs objects on black ground"

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            name="rotation",
            question="What happens when the object turns?",
            axis="rotation angle",
            unit="degrees",
            transform="transforms.geometric:Rotation",
            levels=tuple(float(angle) for angle in range(-165, 181, 15)),
            identity=0.0,
            training_range=(-180.0, 180.0),
            canvas=28,
            domain=(-360.0, 360.0),
            period=360.0,
        ),
        Suite(
            name="translation",
            question="What happens when the object moves?",
            axis="displacement",
            unit="px",
            transform="transforms.geometric:Translation",
            levels=tuple(step / 2 for step in range(17)),
            identity=0.0,
            training_range=(0.0, 4.0),
            canvas=40,
            domain=(0.0, 10.0),
            note="Each image moves in one of eight directions, drawn once for the whole sweep; a diagonal moves "
            "by the displacement along both axes. Between whole pixels images are interpolated bilinearly.",
        ),
        Suite(
            name="scale",
            question="What happens when the object shrinks or grows?",
            axis="scale factor",
            unit="times",
            transform="transforms.geometric:Scaling",
            levels=tuple(2.0 ** (quarter / 4) for quarter in range(-6, 3)),
            identity=1.0,
            training_range=(0.6, 1.2),
            canvas=40,
            domain=(0.1, 4.0),
            note="Shrinking is anti-aliased: images are smoothed by a Gaussian of (1/factor - 1)/2 pixels before "
            "they are sampled. Nothing is clipped up to a factor of 1.41.",
        ),
        Suite(
            name="shear",
            question="What happens when the object slants?",
            axis="shear factor",
            unit="px per px",
            transform="transforms.geometric:Shear",
            levels=tuple(step / 5 for step in range(7)),
            identity=0.0,
            training_range=(0.0, 0.6),
            canvas=40,
            domain=(0.0, 4.0),
            note="To the left or to the right, drawn per image.",
        ),
        Suite(
            name="projective",
            question="What happens when the object is seen from the side?",
            axis="corner displacement",
            unit="px",
            transform="transforms.geometric:Projective",
            levels=tuple(float(step) for step in range(0, 11, 2)),
            identity=0.0,
            training_range=(0.0, 5.0),
            canvas=40,
            domain=(0.0, 12.0),
            note="Each corner of the canvas moves in a direction of its own, drawn per image.",
        ),
        Suite(
            name="elastic",
            question="What happens when the object bends?",
            axis="rms displacement",
            unit="px",
            transform="transforms.deformation:ThinPlate",
            levels=tuple(step / 2 for step in range(9)),
            identity=0.0,
            training_range=(0.0, 2.0),
            canvas=40,
            domain=(0.0, 8.0),
            note="A thin-plate spline through 4x4 points that are moved at random, scaled so that the pixels of "
            "the canvas move by the level in the root mean square.",
        ),
        Suite(
            name="parts-apart",
            question="What happens when the object falls to pieces?",
            axis="displacement of the tiles",
            unit="px",
            transform="transforms.parts:Apart",
            levels=tuple(float(step) for step in range(7)),
            identity=0.0,
            training_range=(0.0, 3.0),
            canvas=40,
            domain=(0.0, 6.0),
            whole=True,
            group="parts",
            further_scores=("intact_auroc",),
            note=f"{PARTS_NOTE} The tiles of a 2x2 or 3x3 grid, drawn per image, move away from the centre, each "
            "by the level along every axis on which it lies beside it.",
        ),
        Suite(
            name="parts-halves",
            question="What happens when the object's halves slide apart?",
            axis="slide of the halves",
            unit="px",
            transform="transforms.parts:Halves",
            levels=tuple(float(step) for step in range(11)),
            identity=0.0,
            training_range=(0.0, 5.0),
            canvas=40,
            domain=(0.0, 12.0),
            whole=True,
            group="parts",
            further_scores=("intact_auroc",),
            note=f"{PARTS_NOTE} Two halves slide along their cut, horizontal or vertical, drawn per image; the "
            "level is how far one slides against the other.",
        ),
        Suite(
            name="parts-exchange",
            question="What happens when the object's parts change places?",
            axis="tiles that change places",
            unit="share",
            transform="transforms.parts:Exchange",
            levels=(0.0, 0.25, 0.5, 0.75, 1.0),
            identity=0.0,
            training_range=(0.0, 0.5),
            canvas=40,
            domain=(0.0, 1.0),
            group="parts",
            further_scores=("intact_auroc", "attained_level"),
            note=f"{PARTS_NOTE} Tiles of a 2x2 or 3x3 grid, drawn per image, change places in one cycle; a single "
            "tile cannot, so then two do.",
        ),
        Suite(
            name="overlap",
            question="What happens when two objects cover each other?",
            axis="overlap",
            unit="share",
            transform="transforms.overlap:Overlap",
            levels=tuple(step / 10 for step in range(9)),
            identity=0.0,
            training_range=(0.0, 0.4),
            canvas=40,
            domain=(0.0, 1.0),
            kind="pairs",
            objects=2,
            grows_with="boxes",
            further_scores=("digit_recall", "attained_level"),
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
            transform="transforms.overlap:MultiMNIST",
            levels=(4.0,),
            identity=0.0,
            training_range=(4.0, 4.0),
            canvas=36,
            domain=(0.0, 8.0),
            whole=True,
            kind="pairs",
            objects=2,
            further_scores=("digit_recall", "attained_level"),
            note="Pairs after Sabour et al. 2017: different classes, each digit moved by up to 4 px along each "
            "axis, merged by min(a + b, 1). Both digits must be found.",
            only_on_black=ADDS_INK,
        ),
        Suite(
            name="affine",
            question="What happens when the object turns, slants, shrinks and moves at once?",
            axis="strength",
            unit="times",
            transform="transforms.geometric:RandomAffine",
            options=MappingProxyType({"rotation": 20.0, "shear": 0.2, "scale": (0.8, 1.2), "shift": 2.0}),
            levels=(0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5),
            identity=0.0,
            training_range=(0.0, 1.0),
            canvas=40,
            domain=(0.0, 3.0),
            placement="random",
            note="affNIST-like, not affNIST, whose exact ranges could not be checked: at strength 1 up to 20 "
            "degrees, shear 0.2, scale 0.8 to 1.2 and shift 2 px, about the centre of the canvas. Digits lie at "
            "random places of the canvas in training and in test.",
        ),
        Suite(
            name="stn-r",
            question="Rotated digits: R",
            axis="",
            unit="times",
            transform="transforms.geometric:RandomAffine",
            options=MappingProxyType({"rotation": 90.0}),
            levels=(1.0,),
            identity=0.0,
            training_range=(1.0, 1.0),
            canvas=28,
            domain=(0.0, 1.0),
            group="stn-paper",
            note=f"{STN_NOTE} Rotation uniform over -90 to 90 degrees.",
        ),
        Suite(
            name="stn-rts",
            question="Rotated, scaled and shifted digits: RTS",
            axis="",
            unit="times",
            transform="transforms.geometric:RandomAffine",
            options=MappingProxyType({"rotation": 45.0, "scale": (0.7, 1.2), "shift": 7.0}),
            levels=(1.0,),
            identity=0.0,
            training_range=(1.0, 1.0),
            canvas=42,
            domain=(0.0, 1.0),
            group="stn-paper",
            note=f"{STN_NOTE} Rotation over -45 to 45 degrees, scale over 0.7 to 1.2, at a random place.",
        ),
        Suite(
            name="stn-p",
            question="Projectively distorted digits: P",
            axis="",
            unit="times",
            transform="transforms.geometric:RandomProjective",
            options=MappingProxyType({"corners": 5 / 28, "scale": (0.75, 1.0)}),
            levels=(1.0,),
            identity=0.0,
            training_range=(1.0, 1.0),
            canvas=28,
            domain=(0.0, 1.0),
            group="stn-paper",
            note=f"{STN_NOTE} Scale over 0.75 to 1, corners moved by a normal distribution of 5 px; the few "
            "images that would fold over are moved half as far.",
        ),
        Suite(
            name="stn-e",
            question="Elastically distorted digits: E",
            axis="",
            unit="px",
            transform="transforms.deformation:ThinPlateNoise",
            levels=(1.5,),
            identity=0.0,
            training_range=(1.5, 1.5),
            canvas=28,
            domain=(0.0, 3.0),
            group="stn-paper",
            note=f"{STN_NOTE} A thin-plate spline through 4x4 points, each moved by a normal distribution of "
            "1.5 px along each axis.",
        ),
        Suite(
            name="stn-tc",
            question="Digits at random places among clutter: TC",
            axis="",
            unit="patches",
            transform="transforms.clutter:Clutter",
            levels=(6.0,),
            identity=0.0,
            training_range=(6.0, 6.0),
            canvas=60,
            domain=(0.0, 6.0),
            whole=True,
            placement="random",
            objects=7,
            group="stn-paper",
            note=f"{STN_NOTE} At a random place, with six patches of 6x6 px cut from other digits.",
            only_on_black="clutter is pieces of other objects, which need a black ground to lie on",
        ),
        Suite(
            name="noise",
            question="What happens when every pixel is disturbed?",
            axis="noise",
            unit="standard deviation",
            transform="transforms.intensity:Noise",
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
            transform="transforms.intensity:Blur",
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
            transform="transforms.intensity:ContrastLoss",
            levels=(0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
            identity=0.0,
            training_range=(0.0, 0.6),
            canvas=28,
            domain=(0.0, 0.99),
            group="controls",
            note="A control: no pixel moves. All pixels approach the image's mean by the level.",
        ),
    )
}


def groups(suites: Mapping[str, Suite] = MappingProxyType(SUITES)) -> dict[str, tuple[Suite, ...]]:
    """Return the suites by the name of their group, and all of them as "all"."""
    named: dict[str, tuple[Suite, ...]] = {"all": tuple(suites.values())}
    for suite in suites.values():
        if suite.group is not None:
            named[suite.group] = (*named.get(suite.group, ()), suite)
    return named
