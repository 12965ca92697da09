"""What a suite is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, final

from runbench.errors import UsageError
from runbench.tasks import LABEL, Task

if TYPE_CHECKING:
    from runbench.transforms.base import Transform

DIGIT_SIDE, DIGIT_EXTENT = 28, 20
"""Side of a digit's image and of the box that holds its ink, in pixels: canvases are stated for these."""


@final
@dataclass(frozen=True)
class Suite:
    """One axis of change, or one set of changed images.

    `transform` names a Transform as "module:class" and `options` its further arguments. `levels` are in `unit` and
    contain `identity`, the level at which nothing changes (of overlap: nothing is covered); `domain` bounds
    the levels that make sense, `whole` says that only whole numbers do. A suite without
    an `axis` is a set: it has one level. `training_range` bounds the levels that the augmented regime trains on.

    `canvas` is the side of the square image in pixels for images of 28 pixels and boxes of 20; `grows_with` says
    which of the two makes it larger for larger data. `objects` images make one; `task` says what of them is to be
    found. `period`, for an axis that closes on itself, is its length in `unit`.
    `further_metrics` name the metrics that this suite has beside those that all have. `note` is what a reader must
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
    task: Task = LABEL
    objects: int = 1
    grows_with: Literal["image", "boxes"] = "image"
    group: str | None = None
    period: float | None = None
    further_metrics: tuple[str, ...] = ()
    note: str = ""
    only_on_black: str = ""

    def trained_range(self, regime: str) -> tuple[float, float] | None:
        """Return the lowest and highest level that training under `regime` saw; None for none at all.

        Clean training shows unchanged single objects: of a suite with another task, nothing of the axis.
        """
        unchanged = (self.identity, self.identity) if self.task == LABEL else None
        return self.training_range if regime == "augmented" else unchanged

    def middle_of(self, levels: Sequence[float]) -> int:
        """Return which of `levels` is nearest to the middle of what augmented training covers."""
        middle = sum(self.training_range) / 2
        return min(range(len(levels)), key=lambda place: abs(levels[place] - middle))

    def at(self, level: float) -> Transform:
        """Return the suite's transform at `level`; only this imports torch."""
        family = resolve_name(self.transform)
        transform: Transform = family(level, **self.options)
        return transform

    def fit(self, side: int, extent: int) -> Suite:
        """Return the suite with room for images of `side` whose ink lies in boxes of `extent`."""
        more = {"image": side - DIGIT_SIDE, "boxes": 2 * (extent - DIGIT_EXTENT)}
        return replace(self, canvas=self.canvas + more[self.grows_with])

    def swept_at(self, levels: Sequence[float]) -> Suite:
        """Return the suite at these levels and its identity; raise UsageError where they make no sense."""
        if not self.axis:
            raise UsageError(f"levels make no sense for {self.name}, a set that is tested as it is")
        low, high = self.domain
        for level in levels:
            if not low <= level <= high:
                raise UsageError(
                    f"level {level:g} makes no sense for {self.name}: its {self.axis} goes from {low:g} to "
                    f"{high:g} {self.unit}"
                )
            if self.whole and level != round(level):
                raise UsageError(f"level {level:g} makes no sense for {self.name}: its {self.unit} are whole")
        swept = tuple(sorted({*levels, self.identity}))
        if swept == (self.identity,):
            raise UsageError(f"levels: name one beside {self.identity:g}, at which {self.name} changes nothing")
        return replace(self, levels=swept)
