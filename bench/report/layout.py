"""How the report of a run is laid out: what stands in which section, and what is said around it."""

from __future__ import annotations

from collections.abc import Iterator

from runbench.report.blocks import (
    Block,
    Code,
    Folded,
    Heading,
    Link,
    Page,
    Section,
    SideBySide,
    Text,
    faint,
    headed,
    items,
    text,
)
from runbench.report.page import RunReport, SuiteReport
from runbench.report.tables.claims import Verdicts

VERDICTS = (
    "Square brackets hold 95% intervals over test images and training seeds, resampled together; with one "
    "training seed they speak of these networks only. Supported: the whole interval meets the margin. "
    "Refuted: the whole interval falls short of it. Undecided: it spans the margin. A claim with several "
    "parts needs all of them, and one is enough to refute it."
)
OVERVIEW = (
    "All in percent. Along an axis the area under the curve, on a set the share itself: the second column "
    "says which, and what counts as right. Square brackets hold 95% intervals over the choice of test images:"
    " they speak of these networks, not of how another training seed would come out. Where models were "
    "trained several times, numbers are means over the training seeds, with ± their standard deviation."
)
COSTS = (
    "Timed costs are medians over timed batches, with the 5th to 95th percentile beside them; parameters, "
    "multiply-adds and memory are counts. Auxiliary parameters serve training only (a decoder) and are "
    "counted apart."
)
GLOSSARY = (
    "Shares are given in percent. A level is one position on the suite's axis, the identity the one where the"
    " transform changes nothing, and the sweep is all levels. Wilson intervals and bootstrap intervals (1,000"
    " resamples of the images, each with all its levels) are 95% intervals; a recentred bootstrap interval is"
    " moved by the resamples' mean bias."
)


def lay_out(report: RunReport) -> Page:
    """Return the page of a run's report."""
    return Page("report", report.title, "", "What is missing", tuple(_missing(report)), tuple(_sections(report)))


def _missing(report: RunReport) -> Iterator[Text]:
    failed = len(report.failed.rows)
    if failed:
        have = "has" if failed == 1 else "have"
        yield text(f"{failed} of the run's cells {have} no numbers: ", Link("which, and why", "#failed"), ".")
    for line in report.missing:
        yield text(line)


def _sections(report: RunReport) -> Iterator[Section]:
    if report.claims:
        yield Section("claims", "Claims", tuple(_claims(report.claims)), "claims")
    if report.overview:
        yield Section("overview", "Overview", (*report.figures, report.overview, faint(OVERVIEW)), "overview")
    for part in report.sections:
        yield Section(part.suite.name, part.suite.name, tuple(_suite(part)), part.suite.name, part.suite.question)
    if report.failed.rows:
        yield Section("failed", "Cells without numbers", (report.failed,), "cells without numbers")
    title = "Configuration and environment"
    settings = SideBySide(report.settings) if report.settings else text("The run's manifest is not there.")
    yield Section("configuration", title, (settings,), title.lower())
    yield Section("glossary", "Glossary", (text(GLOSSARY), report.glossary), "glossary")
    yield Section("reproduce", "How to reproduce", tuple(_reproduce(report.commands)), "how to reproduce")


def _claims(claims: Verdicts) -> Iterator[Block]:
    if claims.table.rows:
        yield claims.table
        yield faint(VERDICTS)
        if claims.published:
            yield Heading("What others published")
            yield items(claims.published)
    if claims.untested:
        lines = items(claims.untested), text("What they need is run by"), Code((claims.command,))
        yield Folded("Not tested by this run", lines)


def _suite(section: SuiteReport) -> Iterator[Block]:
    suite = section.suite
    if suite.note:
        yield text(suite.note)
    yield text(f"{section.ran} Group: {suite.group}." if suite.group else section.ran)
    if section.findings:
        yield Heading("What it says")
        yield items(section.findings)
        yield faint(section.differences)
    if section.summary:
        yield Heading("Summary")
        yield section.summary
        said = f"Shares in percent. {section.scope} The "
        yield faint(said, Link("glossary", "#glossary"), " defines each score.")
    yield from headed(section.figures)
    yield from map(faint, section.notes)
    for part in section.parts:
        yield Heading(part.title, f"{suite.name}-{part.name}")
        yield from headed(part.figures, level=4)
        yield from map(faint, part.notes)
    if section.published:
        yield Heading("Published and measured here")
        yield section.published.table
        yield faint(section.published.differs)
    if section.costs:
        yield Heading("Costs")
        yield section.costs
        yield faint(COSTS)


def _reproduce(commands: tuple[str, ...]) -> Iterator[Block]:
    if not commands:
        yield text("The command is not recorded.")
        return
    yield Code(commands)
    which = "commands, one after the other, on" if len(commands) > 1 else "command on"
    give = "give" if len(commands) > 1 else "gives"
    yield text(
        f"The same {which} the same machine with the same versions and number of threads {give} the same numbers, "
        "timings apart."
    )
