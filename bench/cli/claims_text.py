"""What the terminal shows of claims, as plain text. Imports no pandas."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from runbench.analysis.claims.claim import (
    COMMAND,
    Claim,
    run_command,
    unit_named,
    untested,
    write_bar,
    write_effect,
)
from runbench.analysis.claims.definitions import needed

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100
INDENT = " " * 6
LABEL = 12
"""Room for what a line is about."""


def render_statements(claims: Iterable[Claim]) -> str:
    """Return each claim with what decides it, its margin, what it needs, and what was published."""
    return "\n\n".join(_statement(claim) for claim in claims)


def render_verdicts(table: pd.DataFrame, command: str = COMMAND) -> str:
    """Return the claims of a table, as `read_claims` gives it, with their verdicts and what the untested lack."""
    by_claim: dict[int, list[Mapping[Any, Any]]] = {}
    for row in table.to_dict("records"):
        by_claim.setdefault(int(row["claim"]), []).append(row)
    blocks = [_decided(number, parts) for number, parts in by_claim.items()]
    missing = untested(table)
    if missing:
        blocks.append(f"what the untested need is run by\n{INDENT}{run_command(missing, command)}")
    return "\n\n".join(blocks)


def _statement(claim: Claim) -> str:
    models = "; ".join(f"{suite}: {', '.join(names)}" for suite, names in needed([claim]).items())
    lines = [_headline(claim.number, claim.statement, "")]
    alike: dict[str, list[str]] = {}
    for part in claim.parts:
        alike.setdefault(f"{part.decided_by}, {part.bar}", []).append(part.name)
    lines += [_line("measure", f"{_named('; '.join(names))}{measure}") for measure, names in alike.items()]
    lines.append(_line("needs", models))
    if claim.published:
        lines.append(_line("published", claim.published))
    return "\n".join(lines)


def _decided(number: int, parts: list[Mapping[Any, Any]]) -> str:
    lines = [_headline(number, str(parts[0]["statement"]), str(parts[0]["claim_verdict"]))]
    for part in parts:
        unit = unit_named(str(part["unit"]))
        bar = write_bar(str(part["direction"]), float(part["margin"]), unit)
        effect = (
            "" if math.isnan(part["effect"]) else write_effect(part["effect"], part["low"], part["high"], unit)
        )
        verdict = f", {part['verdict']}" if len(parts) > 1 or not effect else ""
        basis = f"; {_plural(part['seeds'], 'seed')}, {part['count']:,.0f} images" if effect else ""
        lines.append(_line("", f"{_named(part['part'])}{f'{effect}, ' if effect else ''}{bar}{verdict}{basis}"))
    lines += [_line("", note) for note in dict.fromkeys(str(part["note"]) for part in parts) if note]
    return "\n".join(lines)


def _headline(number: int, statement: str, verdict: str) -> str:
    """Return number and statement, and the verdict at the right where the line has room."""
    room = WIDTH - 4 - len(verdict) - 2
    first, *rest = textwrap.wrap(statement, room)
    lines = [f"{number:>2}  {first:<{room}}  {verdict}".rstrip(), *(f"    {line}" for line in rest)]
    return "\n".join(lines)


def _line(label: str, text: str) -> str:
    first = f"{INDENT}{label:<{LABEL if label else 0}}"
    behind = " " * (len(first) if label else len(INDENT) + 2)
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=behind, break_on_hyphens=False)


def _named(part: str) -> str:
    return f"{part}: " if part else ""


def _plural(count: float, noun: str) -> str:
    return f"{count:.0f} {noun}{'s' * (count != 1)}"
