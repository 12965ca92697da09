"""What of a comparison is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from runbench import plots
from runbench.analysis.comparison.compare import Comparison
from runbench.formatting import MINUS
from runbench.plots import ModelStyles
from runbench.plots.metrics import two_runs
from runbench.report.figure import ReportFigure
from runbench.store.run import StoredRun
from runbench.suites import Suite

MARK = "A filled marker says that the runs separate: p below 0.05 after Holm's correction over the models."

SWEEP_TITLES = {"area_under_curve": "area under the curve", "mean_accuracy": "mean {success}"}


def sweep_title(score: str, suite: Suite) -> str:
    """Name the score of a sweep with what the suite counts as success."""
    return (
        SWEEP_TITLES[score].format(success=suite.task.success)
        if suite.axis
        else f"{suite.task.success} on the set"
    )


def matrix(compared: Comparison) -> ReportFigure | None:
    """Draw the differences of all suites and models; None where there is one suite."""
    sweeps = compared.comparison[compared.comparison["level"].isna()]
    if sweeps["suite"].nunique() < 2:
        return None
    return ReportFigure(
        "differences",
        "All suites at a glance",
        f"A {MINUS} B in percentage points, of the area under the curve or, on a set without an axis, of the "
        "share of right answers. Blue: A is better; red: B is. A star marks runs that separate: p below 0.05 "
        "after Holm's correction over the models of a suite.",
        partial(two_runs.plot_difference_matrix, sweeps),
        sweeps,
    )


def figures(compared: Comparison, suite: Suite, styles: ModelStyles) -> Iterator[ReportFigure]:
    """Draw one suite: the curves of both runs, and the differences over the sweep."""
    rows = compared.comparison[compared.comparison["suite"] == suite.name]
    curves = _curves(compared, suite, rows)
    if len(curves["level"].unique()) > 1:
        yield ReportFigure(
            f"{suite.name}-curves",
            f"{suite.task.success.capitalize()} against {suite.axis}, both runs",
            f"Share of test images {suite.task.right} at each level of {suite.axis}, a panel per model; "
            f"A is the wide line, B the dark dashed one. {_bands(curves)} Ticks above the axis mark levels at "
            "which two networks separate: exact McNemar test where rows are paired, p below 0.05 after Holm's "
            "correction over the models, not over the levels.",
            partial(two_runs.plot_both_curves, curves, suite, styles, suite.task.success),
            curves,
        )
    sweeps = rows[rows["level"].isna()]
    title = sweep_title(str(sweeps["metric"].iloc[0]), suite)
    yield ReportFigure(
        f"{suite.name}-differences",
        f"Difference of the {title}",
        f"A {MINUS} B in percentage points, of the {title}: to the right of 0 A is better. Bars: 95% intervals "
        f"over the choice of {int(sweeps['count'].max()):,} images and, where several seeds are compared, of "
        f"seeds. {MARK}{_resolvable(sweeps)}",
        partial(two_runs.plot_differences, sweeps, styles, f"A {MINUS} B, points of {title}"),
        sweeps,
    )


def _curves(compared: Comparison, suite: Suite, rows: pd.DataFrame) -> pd.DataFrame:
    """Return both runs' curves of the compared networks, with the levels at which any two of them separate."""
    parts = []
    for letter, run in (("A", compared.first), ("B", compared.second)):
        for match in compared.matches[suite.name]:
            seeds = match.seeds_a if letter == "A" else match.seeds_b
            parts.append(_curve(run, suite.name, match.model, seeds).assign(run=letter))
    curves = pd.concat(parts, ignore_index=True)
    apart = rows[rows["separated"] & rows["level"].notna()]
    return curves.assign(
        separated=[
            bool(np.isclose(apart.loc[apart["model"] == model, "level"], level).any())
            for model, level in zip(curves["model"], curves["level"], strict=True)
        ]
    )


def _curve(run: StoredRun, suite: str, model: str, seeds: tuple[int, ...]) -> pd.DataFrame:
    metrics = run.metrics
    rows = metrics[(metrics["suite"] == suite) & (metrics["model"] == model) & metrics["seed"].isin(seeds)]
    curves = plots.curves_over_seeds(rows, "accuracy")
    return curves[curves["subset"] == "all"]


def _resolvable(sweeps: pd.DataFrame) -> str:
    """Say how small a difference the images resolve, where they are paired."""
    known = sweeps["resolvable"].dropna().astype(float)
    if known.empty:
        return ""
    low, high = (f"{100 * bound:.1f}" for bound in (known.min(), known.max()))
    span = low if low == high else f"{low} to {high}"
    return f" Smallest difference that so many images resolve, at 80% power: {span} points, by model."


def _bands(curves: pd.DataFrame) -> str:
    single = "95% intervals (Wilson)"
    several = "from the lowest to the highest seed, where several are compared"
    seeds = set(curves["seeds"] > 1)
    return f"Bands: {'; '.join(text for many, text in ((False, single), (True, several)) if many in seeds)}."
