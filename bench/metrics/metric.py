"""What the definition of a score says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

Better = Literal["higher", "lower", "neither"]
Interval = Literal["Wilson", "bootstrap", "recentred bootstrap"]


@final
@dataclass(frozen=True)
class Score:
    """Describe one score.

    `over` says whether it belongs to one level or to the sweep; `unit` is "share" for a number in [0, 1] that
    is shown in percent, "index" for one that is not, "per unit" for a rate along the suite's axis, "axis" for a
    length along it. `better` says which direction is the good one, `interval` how its bounds are found.
    """

    name: str
    title: str
    over: Literal["level", "sweep"]
    unit: Literal["share", "index", "per unit", "axis"]
    better: Better
    interval: Interval
    definition: str
    source: str = ""
