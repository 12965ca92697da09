"""What a section is drawn from, and what an exhibit is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure

from runbench import plots
from runbench.analysis.paired import no_comparisons
from runbench.plots import Looks
from runbench.suites import Suite


@dataclass(frozen=True)
class Exhibit:
    """Hold one figure: `name` for its files, a title, a caption that says how to read it, and its table.

    `draw` draws the figure anew at each call: hundreds of them at once would not fit into memory. `animate`, where
    there is one, makes the GIF that moves beside it.
    """

    name: str
    title: str
    caption: str
    draw: Callable[[], Figure]
    table: pd.DataFrame
    animate: Callable[[], bytes] | None = None


@dataclass(frozen=True)
class Family:
    """Hold what is shown of the inside of one family of models: a name for links, a title, exhibits and notes."""

    name: str
    title: str
    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SuiteTables:
    """Hold the rows of one suite, the suite, and its models: model, architecture, regime, a row each.

    `classes` are the names of the dataset's classes by number, empty where they are not stored.
    """

    suite: Suite
    models: pd.DataFrame
    metrics: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    history: pd.DataFrame
    looks: Looks
    classes: tuple[str, ...] = ()
    responses: pd.DataFrame = field(default_factory=pd.DataFrame)
    comparisons: pd.DataFrame = field(default_factory=no_comparisons)

    def curves(self, score: str) -> pd.DataFrame:
        """Return a score of all images by model and level, as `plots.curves_over_seeds` does."""
        curves = plots.curves_over_seeds(self.metrics, score)
        return curves[curves["subset"] == "all"].reset_index(drop=True)

    def measured(self, measure: str) -> pd.DataFrame:
        """Return a measure of features, as `plots.measures_over_seeds` does, models in the run's order."""
        return plots.measures_over_seeds(self.responses, measure, list(self.looks))
