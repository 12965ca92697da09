"""What a suite's summary says, in plain sentences with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bench.report.terms import TERMS
from bench.report.wording import Estimate, estimate, index, listed, percent, points, quantity, share
from bench.statistics import difference_interval
from bench.suites import Suite

Row = dict[Any, Any]

UNDECIDED = "(undecided)"
"""What stands beside a difference whose interval holds 0."""


MOST_COMPARED = 5
"""Models of one regime up to which the best is compared with each of the others."""


def findings(summary: pd.DataFrame, suite: Suite) -> list[str]:
    """Write what the rows of one suite's summary say; a sentence whose numbers are missing is left out."""
    rows = summary.to_dict(orient="records")
    sentences = (
        *_extremes(rows, suite),
        *_losses(rows, suite),
        *_regimes(rows, suite),
        *_architectures(rows, suite),
        *_digits(rows),
        *_intactness(rows),
        *_stability(rows),
        *_speed(rows),
    )
    return list(sentences)


def scope(summary: pd.DataFrame) -> str:
    """Say what the intervals of one suite's summary cover."""
    images = f"{int(summary['count'].max()):,} test images"
    seeds = int(summary["seeds"].max())
    if seeds == 1:
        return (
            f"Square brackets hold 95% intervals over the choice of {images}. Each model was trained once, so "
            "they speak of these networks, not of how another training seed would come out."
        )
    return (
        f"Values are means over up to {seeds} training seeds, with ± their standard deviation. Square brackets "
        f"hold 95% intervals over the choice of {images}, for these networks."
    )


def _measured(suite: Suite) -> str:
    """Name what models are compared by, where the sentence says over what it is taken."""
    return f"mean {suite.success}" if suite.axis else suite.success


def _ranked(rows: list[Row], column: str) -> list[tuple[str, Estimate]]:
    """Return the models that have a score with it, highest first."""
    scored = [(str(row["model"]), estimate(row, column)) for row in rows]
    return sorted(((name, number) for name, number in scored if number.known), key=lambda pair: -pair[1].value)


def _difference(first: Estimate, second: Estimate) -> str:
    difference, low, high = difference_interval(first.bounds, second.bounds)
    return f"{points(difference, low, high)} {UNDECIDED if low <= 0 <= high else ''}".rstrip()


def _extremes(rows: list[Row], suite: Suite) -> Iterator[str]:
    ranked = _ranked(rows, "mean_accuracy")
    if ranked:
        (best, highest), (worst, lowest) = ranked[0], ranked[-1]
        does = TERMS[suite.kind].does.format(share=share(highest))
        sentence = f"{'Averaged over all levels' if suite.axis else 'On the set'}, {best} {does}"
        yield f"{sentence}, the most; {worst} {share(lowest)}, the fewest." if len(ranked) > 1 else f"{sentence}."


def _losses(rows: list[Row], suite: Suite) -> Iterator[str]:
    upright = dict(_ranked(rows, "identity_accuracy"))
    pairs = [(name, upright[name], mean) for name, mean in _ranked(rows, "mean_accuracy") if name in upright]
    if not pairs:
        return
    lowest, highest = min(upright, key=lambda n: upright[n].value), max(upright, key=lambda n: upright[n].value)
    span = (
        f"between {percent(upright[lowest].value)} ({lowest}) and {percent(upright[highest].value)} ({highest})"
        if len(upright) > 1
        else share(upright[highest])
    )
    pairs.sort(key=lambda pair: pair[1].value - pair[2].value)
    (steady, *kept), (shaken, *lost) = pairs[0], pairs[-1]
    sentence = f"At the identity, {suite.success} is {span}; from there to the mean over all levels {shaken} "
    sentence += f"changes by {_difference(lost[1], lost[0])}"
    if len(pairs) > 1:
        sentence += f", the largest loss, and {steady} by {_difference(kept[1], kept[0])}, the smallest"
    yield f"{sentence}."


def _regimes(rows: list[Row], suite: Suite) -> Iterator[str]:
    """Compare each regime with the first, the architecture held fixed."""
    regimes = list(dict.fromkeys(str(row["regime"]) for row in rows))
    for regime in regimes[1:]:
        effects = []
        for architecture in dict.fromkeys(str(row["architecture"]) for row in rows):
            before = _mean_accuracy(rows, architecture, regimes[0])
            after = _mean_accuracy(rows, architecture, regime)
            if before and after:
                effects.append(f"of {architecture} by {_difference(after, before)}")
        if effects:
            yield (
                f"With the architecture held fixed, training under the {regime} instead of the {regimes[0]} "
                f"regime changes the {_measured(suite)} {listed(effects)}."
            )


def _mean_accuracy(rows: list[Row], architecture: str, regime: str) -> Estimate | None:
    """Return the mean accuracy of the only model with both; None where there is none or several."""
    numbers = [
        estimate(row, "mean_accuracy")
        for row in rows
        if row["architecture"] == architecture and row["regime"] == regime
    ]
    return numbers[0] if len(numbers) == 1 and numbers[0].known else None


def _architectures(rows: list[Row], suite: Suite) -> Iterator[str]:
    """Compare the architectures with the best one, the regime held fixed."""
    parts = []
    for regime in dict.fromkeys(str(row["regime"]) for row in rows):
        ranked = _ranked([row for row in rows if row["regime"] == regime], "mean_accuracy")
        if len(ranked) > 1:
            best, highest = ranked[0]
            others = ranked[1:] if len(ranked) <= MOST_COMPARED else [ranked[1], ranked[-1]]
            leads = [f"of {name} by {_difference(highest, number)}" for name, number in others]
            which = "" if len(others) == len(ranked) - 1 else ", the next and the last"
            parts.append(f"under the {regime} regime {best} is ahead {listed(leads)}{which}")
    if parts:
        yield f"With the regime held fixed, in {_measured(suite)}: {'; '.join(parts)}."


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
