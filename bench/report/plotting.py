"""One figure of a run or of an evaluation, by its name."""

from __future__ import annotations

from typing import Protocol

import pandas as pd
from matplotlib.figure import Figure

from runbench.analysis.summary import completed
from runbench.errors import UsageError
from runbench.plots import figure_style, styles_of
from runbench.report.figure import ReportFigure, SuiteTables
from runbench.report.figures.registry import FIGURES, RUN_FIGURES, RegisteredFigure, load_figures
from runbench.report.suite_tables import tables_of, with_whole_summary
from runbench.store import schemas
from runbench.store.run import StoredRun
from runbench.suites import Suite


class EvaluatedCell(Protocol):
    """What an evaluation says of itself."""

    @property
    def suite(self) -> Suite:
        """Return the suite that a model was evaluated on."""


class Evaluated(Protocol):
    """An evaluation in memory, as far as it can be drawn."""

    @property
    def cell(self) -> EvaluatedCell:
        """Return what was evaluated."""

    @property
    def scores(self) -> pd.DataFrame:
        """Return its metrics: schemas.METRICS."""

    @property
    def features(self) -> pd.DataFrame:
        """Return its metrics of features: schemas.FEATURES."""


def plot(source: StoredRun | Evaluated, name: str, suite: str | None = None) -> Figure:
    """Draw one figure of a stored run or of an evaluation, as the report does.

    `name` is a figure's name, such as "accuracy", "orbit" or "consistency"; where there is one for each of several
    models, the first is drawn, and "learning-stn" names one of them. Of a run with several suites, `suite` says
    which; "overview" is of all of them. matplotlib's settings stay as they are.

    Raises UsageError, saying what there is, where a name is not known or there is nothing to draw.
    """
    load_figures()
    if name in RUN_FIGURES:
        return _of_whole(source, name)
    registered = _registered(name)
    tables = _of_run(source, suite) if isinstance(source, StoredRun) else _of_evaluation(source)
    place = tables.suite.name
    with figure_style():
        shown = [shown for figure in registered for shown in _shown(figure, tables)]
        for figure in shown:
            if figure.name == f"{place}-{name}" or name == registered[0].name:
                return figure.draw()
    lacking = [words for figure in registered for words in figure.lacking(tables)]
    if shown:
        reason = f"there are {', '.join(figure.name.removeprefix(f'{place}-') for figure in shown)}"
    elif lacking:
        reason = f"it needs {', or '.join(lacking)}"
    else:
        reason = "what it shows is not stored, or too little of it"
    raise UsageError(f"there is nothing to draw as {name!r} of the suite {place}: {reason}")


def _of_whole(source: StoredRun | Evaluated, name: str) -> Figure:
    with figure_style():
        if isinstance(source, StoredRun):
            for figure in RUN_FIGURES[name](with_whole_summary(source)):
                return figure.draw()
    raise UsageError(f"there is nothing to draw as {name!r}: it needs a run of several suites")


def _registered(name: str) -> tuple[RegisteredFigure, ...]:
    """Return the figures of that name, or of the longest name that it begins with."""
    known = {figure.name for figure in FIGURES.values()}
    begun = [one for one in known if name == one or name.startswith(f"{one}-")]
    if not begun:
        raise UsageError(f"there is no figure {name!r}; there are {', '.join(sorted({*known, *RUN_FIGURES}))}")
    longest = max(begun, key=len)
    return tuple(figure for figure in FIGURES.values() if figure.name == longest)


def _shown(figure: RegisteredFigure, tables: SuiteTables) -> list[ReportFigure]:
    if figure.lacking(tables):
        return []
    return [item for item in figure.function(tables) if isinstance(item, ReportFigure)]


def _of_run(run: StoredRun, suite: str | None) -> SuiteTables:
    names = list(run.suites)
    chosen = names[0] if suite is None and len(names) == 1 else suite
    if chosen is None or chosen not in run.suites:
        asked = "of which suite is it to be drawn" if suite is None else f"it has no suite {suite!r}"
        raise UsageError(f"the run {run.name}: {asked}; it has {', '.join(names) or 'none'}")
    return tables_of(with_whole_summary(run), run.suites[chosen], styles_of(run.models), {})[0]


def _of_evaluation(evaluation: Evaluated) -> SuiteTables:
    metrics, costs = evaluation.scores, schemas.empty(schemas.COSTS)
    models = metrics[["model", "architecture", "regime"]].astype(str).drop_duplicates()
    return SuiteTables(
        suite=evaluation.cell.suite,
        models=models,
        metrics=metrics,
        summary=completed(schemas.empty(schemas.SUMMARY), metrics, costs),
        costs=costs,
        history=schemas.empty(schemas.HISTORY),
        styles=styles_of(models),
        features=evaluation.features,
    )
