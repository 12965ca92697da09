"""What a run's numbers say to the claims: the verdicts, on the report's first page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import pandas as pd

from runbench.analysis.claims.claim import (
    Unit,
    run_command,
    unit_named,
    untested,
    write_bar,
    write_interval,
    write_number,
)
from runbench.analysis.claims.definitions import CLAIMS
from runbench.formatting import MINUS
from runbench.report.tables.table import NOTHING, Entry, Table

HEADING = ("claim", "verdict", "decided by", "effect", "rests on")

NOT_TESTED = "not tested"


@final
@dataclass(frozen=True)
class Verdicts:
    """The table of the claims that were tested, and what was published on them.

    `untested` names what was not tested and what it lacks, a line each, and `command` runs that.
    """

    table: Table
    published: tuple[str, ...]
    untested: tuple[str, ...]
    command: str


def verdicts(claims: pd.DataFrame) -> Verdicts | None:
    """Write out the verdicts on claims, a row per part that was tested; None without a table."""
    if claims.empty:
        return None
    tested = claims[claims["verdict"] != NOT_TESTED]
    rows = [_row(row) for row in tested.to_dict(orient="records")]
    published = {number: CLAIMS[number].published for number in dict.fromkeys(tested["claim"]) if number in CLAIMS}
    missing = untested(claims)
    return Verdicts(
        table=Table(HEADING, tuple(rows), reading=True),
        published=tuple(f"Claim {number}. {text}" for number, text in published.items() if text),
        untested=tuple(map(_untested, claims[claims["verdict"] == NOT_TESTED].to_dict(orient="records"))),
        command=run_command(missing) if missing else "",
    )


def _row(row: Mapping[Any, Any]) -> tuple[Entry, ...]:
    unit = unit_named(row["unit"])
    # Only parts of a claim with several have a name
    own = f"this part: {row['verdict']}" if row["part"] else ""
    seeds = int(row["seeds"])
    return (
        Entry(f"{row['claim']}. {row['statement']}", row["part"]),
        Entry(row["claim_verdict"], own),
        Entry(row["decided_by"], write_bar(row["direction"], row["margin"], unit)),
        _effect(row["effect"], row["low"], row["high"], unit),
        Entry(f"{int(row['count']):,} images, {seeds} training seed{'s' * (seeds != 1)}", row["note"]),
    )


def _effect(effect: float, low: float, high: float, unit: Unit) -> Entry:
    if math.isnan(effect):
        return Entry(NOTHING)
    number, interval = f"{write_number(effect, unit)}{unit.word}", write_interval(low, high, unit)
    return Entry(_minus(number), _minus(interval))


def _minus(text: str) -> str:
    """Write signs as the report does; exponents stay as they are."""
    return "".join(
        MINUS if character == "-" and before != "e" else character
        for before, character in zip(" " + text, text, strict=False)
    )


def _untested(row: Mapping[Any, Any]) -> str:
    part = f" ({row['part']})" if row["part"] else ""
    return f"{row['claim']}. {row['statement']}{part}: {row['note'] or NOT_TESTED}"
