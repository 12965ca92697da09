"""All suites and models at a glance: area under the curve along an axis, the share itself on a set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from runbench import plots
from runbench.report.figure import ReportFigure
from runbench.report.figures.registry import register_run_figure
from runbench.report.tables.table import NOTHING, Entry, Table, share_entry
from runbench.statistics import Estimate, estimate
from runbench.store.run import StoredRun
from runbench.suites import Suite
from runbench.tasks import LABEL

AREA, ON_SET = "area under the curve", "on the set"

HEADINGS = {
    AREA: "Along an axis: area under the curve",
    ON_SET: "On a set, without an axis: share of right answers",
}


SHOWN = {AREA: "area under {success}", ON_SET: "{success} on the set"}
"""What stands above the blocks of the heat map, and in a row of the table."""


@register_run_figure("overview")
def overview(run: StoredRun) -> Iterator[ReportFigure]:
    """Set the models of all suites side by side, where there are two suites to compare."""
    scores = _scores(run.summary, run.suites)
    if scores is not None:
        known = scores.dropna(subset=["value"])
        yield ReportFigure(
            "overview",
            "Overview",
            "Every suite and model. Along an axis: area under the curve of right answers against the level, "
            "divided by the range of the levels, so that 100% is right everywhere. On a set, which has no axis: "
            "the share of right answers itself. The two are not the same quantity and stand in blocks of their "
            "own; suites of label sets count an image only where both digits are found (exact match). Colours run "
            "from 0% to 100% in both.",
            partial(
                plots.plot_heat_map,
                known.assign(row=known["suite"] + known["note"], quantity=known["quantity"].map(HEADINGS)),
            ),
            scores.drop(columns="note"),
        )


def overview_table(run: StoredRun) -> Table | None:
    """Return the same as a table, a row per suite."""
    scores = _scores(run.summary, run.suites)
    return None if scores is None else _table(scores)


def _scores(summary: pd.DataFrame, suites: Mapping[str, Suite]) -> pd.DataFrame | None:
    """Return one row per suite and model: quantity, of, value, low, high and deviation; axes before sets.

    None where there are no two suites to compare, or no number.
    """
    if summary["suite"].nunique() < 2:
        return None
    rows = []
    for row in summary.to_dict(orient="records"):
        suite = suites[row["suite"]]
        number = estimate(row, "area_under_curve" if suite.axis else "mean_accuracy")
        rows.append(
            {column: row[column] for column in ("suite", "model", "architecture", "regime", "seeds", "count")}
            | {
                "quantity": AREA if suite.axis else ON_SET,
                "of": suite.task.success,
                "note": "" if suite.task == LABEL else f" ({suite.task.success})",
                "value": number.value,
                "low": number.low,
                "high": number.high,
                "deviation": number.deviation,
            }
        )
    scores = pd.DataFrame(rows).sort_values(
        "quantity", key=lambda names: names.map([AREA, ON_SET].index), kind="stable", ignore_index=True
    )
    return None if scores["value"].isna().all() else scores


def _table(scores: pd.DataFrame) -> Table:
    models = list(dict.fromkeys(scores["model"]))
    rows = []
    for (suite, quantity, of), group in scores.groupby(["suite", "quantity", "of"], sort=False):
        answers = dict(zip(group["model"], group[["value", "low", "high", "deviation"]].to_numpy(), strict=True))
        numbers = [
            share_entry(Estimate(*answers[model])) if model in answers else Entry(NOTHING) for model in models
        ]
        rows.append((Entry(str(suite)), Entry(SHOWN[str(quantity)].format(success=of)), *numbers))
    return Table(("suite", "what is shown", *models), tuple(rows))
