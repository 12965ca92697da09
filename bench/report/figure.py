"""What the figures of a suite are drawn from, and what a figure of the report is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, final

import pandas as pd
from matplotlib.figure import Figure

from runbench import plots
from runbench.analysis.paired import no_comparisons
from runbench.plots import ModelStyles
from runbench.store.samples import StoredSamples, no_samples
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class ReportFigure:
    """One figure: `name` for its files, a title, a caption that says how to read it, and its table.

    `draw` draws the figure anew at each call: hundreds of them at once would not fit into memory. `animate`, where
    there is one, makes the GIF that moves beside it.
    """

    kind: ClassVar[str] = "figure"
    name: str
    title: str
    caption: str
    draw: Callable[[], Figure]
    table: pd.DataFrame
    animate: Callable[[], bytes] | None = None

    def __post_init__(self) -> None:
        """Leave no gap in the caption where a sentence in it has nothing to say."""
        object.__setattr__(self, "caption", " ".join(self.caption.split()))


@final
@dataclass(frozen=True)
class SuiteTables:
    """The rows of one suite, the suite, and its models: model, architecture, regime, a row each.

    `classes` are the names of the dataset's classes by number, empty where they are not stored. `earlier` says of
    what is drawn only once in a run under which earlier suite it stands.
    """

    suite: Suite
    models: pd.DataFrame
    metrics: pd.DataFrame
    summary: pd.DataFrame
    costs: pd.DataFrame
    history: pd.DataFrame
    styles: ModelStyles
    features: pd.DataFrame
    classes: tuple[str, ...] = ()
    comparisons: pd.DataFrame = field(default_factory=no_comparisons)
    samples: StoredSamples = field(default_factory=no_samples)
    earlier: Mapping[Hashable, str] = field(default_factory=dict)

    def curves(self, metric: str) -> pd.DataFrame:
        """Return a metric of all images by model and level, as `plots.curves_over_seeds` does."""
        curves = plots.curves_over_seeds(self.metrics, metric)
        return curves[curves["subset"] == "all"].reset_index(drop=True)

    def measured(self, metric: str) -> pd.DataFrame:
        """Return a metric of features, as `plots.features_over_seeds` does, models in the run's order."""
        return plots.features_over_seeds(self.features, metric, list(self.styles))

    def only(self, models: Collection[str]) -> SuiteTables:
        """Return the same with these models and their styles alone named."""
        return replace(
            self,
            models=self.models[self.models["model"].isin(list(models))],
            styles={name: style for name, style in self.styles.items() if name in models},
        )
