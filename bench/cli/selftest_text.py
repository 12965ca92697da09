"""What the terminal shows of the selftest, as plain text of 100 columns."""

from __future__ import annotations

import math

from runbench.selftest.checks import Check, Section

VERDICTS = {True: "ok", False: "WRONG"}

ROW = "  {:<65} {:<15} {:<9} {}"

HEADING = ROW.format("what is measured", "must be", "came out", "").rstrip()


def render_section(section: Section) -> str:
    """Return the title and a row per check: what is measured, what it must be, what came out, ok or WRONG."""
    rows = [
        ROW.format(check.what, check.must.wording, _number(check.value), VERDICTS[check.right])
        for check in section.checks
    ]
    return "\n".join((section.title, *rows))


def render_wrong(section: Section, check: Check) -> str:
    """Return a line that says what is wrong, where, and why it must be otherwise."""
    where = section.title.partition(":")[0]
    value = _number(check.value)
    return f"{where}: {check.what} must be {check.must.wording} and is {value} ({check.why})"


def _number(value: float) -> str:
    return "no row" if math.isnan(value) else f"{value:.3g}"
