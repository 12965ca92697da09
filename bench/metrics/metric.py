"""What a metric is: a named number with a definition, of predictions, of features or of cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, final

from runbench.tasks import Task

if TYPE_CHECKING:
    from runbench.metrics.predictions.selection import Resampled, Selection

Better = Literal["higher", "lower", "neither"]
Interval = Literal["Wilson", "bootstrap", "recentred bootstrap"]
Subject = Literal["predictions", "network", "layer", "dimension", "cost"]


@final
@dataclass(frozen=True)
class Column:
    """A column of the summary: a metric over the whole sweep, on a subset of the images.

    Columns stand by their `order`. `heading` stands over it in the report and `terminal` in the terminal, each
    empty where it is not shown; {success}, {mean}, {over} and {unit} are what the suite counts as success, its
    mean, what that is taken over, and the unit of the axis. `interval` says that the terminal shows the interval.
    """

    order: int = 1000
    heading: str = ""
    terminal: str = ""
    interval: bool = False
    subset: str = "all"


@final
@dataclass(frozen=True, kw_only=True)
class Metric:
    """A named number, with what it means.

    `of` says what is measured: predictions, features of the whole network, of a layer or of one dimension of a
    capsule, or a cost. `over` says whether there is one for each level or one for the sweep. `unit` is "share" for
    a number in [0, 1] that is shown in percent, "index" for one that is not, "per unit" for a rate along the
    suite's axis, "axis" for a length along it; costs have units by their own name, none where they are counted.
    `better` says which direction is the good one, `interval` how its bounds are found.

    `compute` gives a metric of predictions; None where it does not apply. It is asked where the task is one of
    `tasks`, if any are named, where there are at least `least_levels` levels, where one of them is the identity if
    `needs_identity`, and, if `on_request`, where the suite names the metric. `averaged` adds the mean over the
    sweep of a metric of one level, under its name with "mean_" before it; `columns` are what the summary shows of
    the sweep. `floor` says in words what the floor of a row of features is, `resampled` that such rows carry their
    bootstrap's resamples.
    """

    name: str
    title: str
    better: Better
    definition: str
    over: Literal["level", "sweep"] = "sweep"
    of: Subject = "predictions"
    unit: str = "index"
    interval: Interval = "bootstrap"
    source: str = ""
    compute: Callable[[Selection], Resampled | None] | None = None
    tasks: tuple[Task, ...] = ()
    least_levels: int = 1
    needs_identity: bool = False
    on_request: bool = False
    averaged: bool = False
    columns: tuple[Column, ...] = ()
    floor: str = ""
    resampled: bool = False

    @property
    def mean(self) -> Metric:
        """Return the mean over the sweep of this metric of one level."""
        levels = "levels but the identity" if self.needs_identity else "levels"
        return replace(
            self,
            name=f"mean_{self.name}",
            title=f"mean {self.title}",
            over="sweep",
            interval="bootstrap",
            definition=f"Mean of the {self.title} at all {levels}, each level counted once.",
            compute=None,
            averaged=False,
        )
