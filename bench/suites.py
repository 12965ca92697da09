"""The suites: each is a named question, and each is data.

A suite moves every test image along one axis. Adding a suite is adding an entry to `SUITES`; nothing else
in the bench names one.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Suite:
    """Describe one axis of change.

    `transform` names a `transforms.base.Transform` as "module:class"; `levels` are in `unit` and contain
    `identity`, the level at which the transform changes nothing. `training_range` bounds the levels that the
    augmented regime trains on. `canvas` is the side of the square image in pixels. `period`, for an axis that
    closes on itself, is its length in `unit`.
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
    placement: Literal["centred", "random"] = "centred"
    kind: Literal["single", "pairs"] = "single"
    group: str | None = None
    period: float | None = None

    def trained_range(self, regime: str) -> tuple[float, float]:
        """Return the lowest and highest level that training under `regime` saw."""
        return self.training_range if regime == "augmented" else (self.identity, self.identity)


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
            period=360.0,
        ),
    )
}
