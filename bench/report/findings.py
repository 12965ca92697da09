"""What a suite's summary says, in plain sentences with numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import pandas as pd

from runbench.analysis.paired import no_comparisons, sweep_pairs
from runbench.formatting import index, listed, percent, points, quantity, share
from runbench.report.figures.models.differences import compared_by, resolution
from runbench.statistics import Estimate, difference_interval, estimate
from runbench.suites import Suite

Row = dict[Any, Any]

UNDECIDED = "(undecided)"
"""What stands beside a difference that is not told from 0."""


MOST_COMPARED = 5
"""Models of one regime up to which the best is compared with each of the others."""


@final
@dataclass(frozen=True)
class Rivals:
    """How models differ: on the same images where they were compared there, by model and other.

    `column` is the summary's column by which they are compared, `measured` its name in a sentence.
    """

    column: str
    measured: str
    pairs: dict[tuple[str, str], Row]

    def difference(self, first: tuple[str, Estimate], second: tuple[str, Estimate]) -> str:
        """Write first minus second, each a model and its score."""
        names = first[0], second[0]
        for sign, pair in ((1, self.pairs.get(names)), (-1, self.pairs.get(names[::-1]))):
            if pair is not None:
                low, high = sorted((sign * pair["low"], sign * pair["high"]))
                spread = "" if math.isnan(pair["seed_sd"]) else f" ± {100 * pair['seed_sd']:.1f}"
                written = f"{points(Estimate(sign * pair['difference'], low, high))}{spread}"
                return _marked(written, decided=bool(pair["separated"]))
        return _difference(first[1], second[1])


def findings(summary: pd.DataFrame, suite: Suite, comparisons: pd.DataFrame | None = None) -> list[str]:
    """Write what the rows of one suite's summary say; a sentence whose numbers are missing is left out.

    Where its models were compared on the same images, their differences are those of `comparisons`.
    """
    rows = summary.to_dict(orient="records")
    rivals = _rivals(comparisons if comparisons is not None else no_comparisons(), suite)
    sentences = (
        *_extremes(rows, suite),
        *_losses(rows, suite),
        *_regimes(rows, rivals),
        *_architectures(rows, rivals),
        *_digits(rows),
        *_intactness(rows),
        *_stability(rows),
        *_speed(rows),
    )
    return list(sentences)


def how_differences(comparisons: pd.DataFrame) -> str:
    """Say how the differences in one suite's findings and their intervals are made."""
    independent = (
        "built from the intervals of the two numbers as if they were independent (Newcombe 1998), which on the "
        "same images is usually too wide"
    )
    pairs = sweep_pairs(comparisons)
    if pairs.empty:
        return (
            'Square brackets hold 95% intervals; "undecided" marks a difference whose interval holds 0. Intervals '
            f"of differences are {independent}."
        )
    seeds = " and training seeds" if pairs["seeds"].max() > 1 else ""
    deviation = ", with ± the standard deviation of their difference over seeds" if seeds else ""
    return (
        f"Square brackets hold 95% intervals. Models are compared on the same images{seeds}, resampled together"
        f'{deviation}; "undecided" marks two models that the test does not separate once it is corrected for all '
        f"pairs of models (Holm 1979). The interval of a change within a model is {independent}; it is undecided "
        "where it holds 0."
    )


def scope(summary: pd.DataFrame, comparisons: pd.DataFrame | None = None) -> str:
    """Say what the intervals of one suite's summary cover, and which differences so many images resolve."""
    images = f"{int(summary['count'].max()):,} test images"
    seeds = int(summary["seeds"].max())
    covered = (
        f"Square brackets hold 95% intervals over the choice of {images}. Each model was trained once, so "
        "they speak of these networks, not of how another training seed would come out."
    )
    if seeds > 1:
        covered = (
            f"Values are means over up to {seeds} training seeds, with ± their standard deviation. Square "
            f"brackets hold 95% intervals over the choice of {images}, for these networks."
        )
    resolved = "" if comparisons is None else resolution(sweep_pairs(comparisons))
    return f"{covered} {resolved}".rstrip()


def _rivals(comparisons: pd.DataFrame, suite: Suite) -> Rivals:
    pairs = sweep_pairs(comparisons).to_dict(orient="records")
    if not pairs:
        return Rivals("mean_accuracy", f"mean {suite.task.success}" if suite.axis else suite.task.success, {})
    column = str(pairs[0]["metric"])
    return Rivals(
        column, compared_by(column, suite), {(str(pair["model"]), str(pair["other"])): pair for pair in pairs}
    )


def _ranked(rows: list[Row], column: str) -> list[tuple[str, Estimate]]:
    """Return the models that have a score with it, highest first."""
    scored = [(str(row["model"]), estimate(row, column)) for row in rows]
    return sorted(((name, number) for name, number in scored if number.known), key=lambda pair: -pair[1].value)


def _difference(first: Estimate, second: Estimate) -> str:
    difference = difference_interval(first, second)
    return _marked(points(difference), decided=not difference.low <= 0 <= difference.high)


def _marked(written: str, *, decided: bool) -> str:
    return written if decided else f"{written} {UNDECIDED}"


def _extremes(rows: list[Row], suite: Suite) -> Iterator[str]:
    ranked = _ranked(rows, "mean_accuracy")
    if ranked:
        (best, highest), (worst, lowest) = ranked[0], ranked[-1]
        does = suite.task.does.format(share=share(highest))
        sentence = f"{'Averaged over all levels' if suite.axis else 'On the set'}, {best} {does}"
        yield f"{sentence}, the most; {worst} {share(lowest)}, the fewest." if len(ranked) > 1 else f"{sentence}."


def _losses(rows: list[Row], suite: Suite) -> Iterator[str]:
    upright = dict(_ranked(rows, "identity_accuracy"))
    changes = [(name, upright[name], mean) for name, mean in _ranked(rows, "mean_accuracy") if name in upright]
    if not changes:
        return
    lowest, highest = min(upright, key=lambda n: upright[n].value), max(upright, key=lambda n: upright[n].value)
    span = (
        f"between {percent(upright[lowest].value)} ({lowest}) and {percent(upright[highest].value)} ({highest})"
        if len(upright) > 1
        else share(upright[highest])
    )
    changes.sort(key=lambda change: change[1].value - change[2].value)
    (steady, *kept), (shaken, *lost) = changes[0], changes[-1]
    sentence = f"At the identity, {suite.task.success} is {span}; from there to the mean over all levels {shaken} "
    sentence += f"changes by {_difference(lost[1], lost[0])}"
    if len(changes) > 1:
        sentence += f", the largest loss, and {steady} by {_difference(kept[1], kept[0])}, the smallest"
    yield f"{sentence}."


def _regimes(rows: list[Row], rivals: Rivals) -> Iterator[str]:
    """Compare each regime with the first, the architecture held fixed."""
    regimes = list(dict.fromkeys(str(row["regime"]) for row in rows))
    for regime in regimes[1:]:
        effects = []
        for architecture in dict.fromkeys(str(row["architecture"]) for row in rows):
            before = _only_model(rows, architecture, regimes[0], rivals.column)
            after = _only_model(rows, architecture, regime, rivals.column)
            if before and after:
                effects.append(f"of {architecture} by {rivals.difference(after, before)}")
        if effects:
            yield (
                f"With the architecture held fixed, training under the {regime} instead of the {regimes[0]} "
                f"regime changes the {rivals.measured} {listed(effects)}."
            )


def _only_model(rows: list[Row], architecture: str, regime: str, column: str) -> tuple[str, Estimate] | None:
    """Return the only model with both and its score; None where there is none or several."""
    found = [row for row in rows if row["architecture"] == architecture and row["regime"] == regime]
    ranked = _ranked(found, column)
    return ranked[0] if len(found) == len(ranked) == 1 else None


def _architectures(rows: list[Row], rivals: Rivals) -> Iterator[str]:
    """Compare the architectures with the best one, the regime held fixed."""
    parts = []
    for regime in dict.fromkeys(str(row["regime"]) for row in rows):
        ranked = _ranked([row for row in rows if row["regime"] == regime], rivals.column)
        if len(ranked) > 1:
            best, *others = ranked if len(ranked) <= MOST_COMPARED else [*ranked[:2], ranked[-1]]
            leads = [f"of {other[0]} by {rivals.difference(best, other)}" for other in others]
            which = "" if len(others) == len(ranked) - 1 else ", the next and the last"
            parts.append(f"under the {regime} regime {best[0]} is ahead {listed(leads)}{which}")
    if parts:
        yield f"With the regime held fixed, in {rivals.measured}: {'; '.join(parts)}."


def _digits(rows: list[Row]) -> Iterator[str]:
    ranked = _ranked(rows, "mean_digit_recall")
    if ranked:
        (best, most), (worst, fewest) = ranked[0], ranked[-1]
        sentence = f"Of the single digits {best} finds {share(most)}"
        yield f"{sentence}, {worst} {share(fewest)}." if len(ranked) > 1 else f"{sentence}."


def _intactness(rows: list[Row]) -> Iterator[str]:
    ranked = _ranked(rows, "mean_intact_auroc")
    if ranked:
        (best, most), (worst, least) = ranked[0], ranked[-1]
        sentence = f"Confidence tells intact images from changed ones with an AUROC of {index(most)} in {best}"
        yield (
            f"{sentence}{f' and of {index(least)} in {worst}' if len(ranked) > 1 else ''}; at 0.5 it would not "
            "notice the arrangement of the parts at all."
        )


def _stability(rows: list[Row]) -> Iterator[str]:
    orbit = _ranked(rows, "worst_orbit_accuracy")
    kept = _ranked(rows, "mean_clean_correct_consistency")
    if orbit and kept:
        yield (
            f"At every single level, {orbit[0][0]} is right for {share(orbit[0][1])} of the images"
            + (f", {orbit[-1][0]} for {share(orbit[-1][1])}" if len(orbit) > 1 else "")
            + f"; where it is right at the identity, {kept[0][0]} keeps that answer at "
            f"{share(kept[0][1])} of the other levels"
            + (f", {kept[-1][0]} at {share(kept[-1][1])}." if len(kept) > 1 else ".")
        )


def _speed(rows: list[Row]) -> Iterator[str]:
    ranked = _ranked(rows, "throughput")
    if len(ranked) > 1:
        (fastest, most), (slowest, fewest) = ranked[0], ranked[-1]
        yield (
            f"Per second, {fastest} classifies {quantity(most.value)} images, the most, and {slowest} "
            f"{quantity(fewest.value)}, the fewest: a factor of {most.value / fewest.value:.1f} (medians, see "
            "costs)."
        )
