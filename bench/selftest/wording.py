"""What the terminal shows of the selftest, as plain text of 100 columns."""

from __future__ import annotations

import math

from runbench.selftest.answers import Answer, Chapter

VERDICTS = {True: "ok", False: "WRONG"}

ROW = "  {:<65} {:<15} {:<9} {}"

HEADING = ROW.format("what is measured", "must be", "came out", "").rstrip()


def render_chapter(chapter: Chapter) -> str:
    """Return the title and a row per answer: what is measured, what it must be, what came out, ok or WRONG."""
    rows = [
        ROW.format(answer.what, answer.must.wording, _number(answer.came_out), VERDICTS[answer.right])
        for answer in chapter.answers
    ]
    return "\n".join((chapter.title, *rows))


def render_wrong(chapter: Chapter, answer: Answer) -> str:
    """Return a line that says what is wrong, where, and why it must be otherwise."""
    where = chapter.title.partition(":")[0]
    came = _number(answer.came_out)
    return f"{where}: {answer.what} must be {answer.must.wording} and is {came} ({answer.why})"


def _number(value: float) -> str:
    return "no row" if math.isnan(value) else f"{value:.3g}"
