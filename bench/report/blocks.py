"""What a page is made of: sections of blocks, which one pair of templates writes as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, final

from runbench.report.figure import ReportFigure
from runbench.report.tables.table import Table


@final
@dataclass(frozen=True)
class Link:
    """Words that lead to a section of the page, "#name", or to a file beside it."""

    words: str
    target: str


@final
@dataclass(frozen=True)
class Text:
    """A paragraph of words and links; `tone` is "", "faint" or "question"."""

    kind: ClassVar[str] = "text"
    parts: tuple[str | Link, ...]
    tone: str = ""


@final
@dataclass(frozen=True)
class Items:
    """A list of paragraphs."""

    kind: ClassVar[str] = "items"
    items: tuple[Text, ...]


@final
@dataclass(frozen=True)
class Heading:
    """A heading within a section; links lead to its `name`."""

    kind: ClassVar[str] = "heading"
    words: str
    name: str = ""
    level: int = 3


@final
@dataclass(frozen=True)
class Code:
    """Lines to be typed as they stand."""

    kind: ClassVar[str] = "code"
    lines: tuple[str, ...]


@final
@dataclass(frozen=True)
class Folded:
    """Blocks that are shown when somebody opens them."""

    kind: ClassVar[str] = "folded"
    words: str
    blocks: tuple[Block, ...]


@final
@dataclass(frozen=True)
class SideBySide:
    """Small tables beside one another, each under its heading."""

    kind: ClassVar[str] = "side"
    tables: Mapping[str, Table]


Block = Text | Items | Heading | Code | Folded | SideBySide | Table | ReportFigure


@final
@dataclass(frozen=True)
class Section:
    """A section of the page. `question` is asked by a suite's section and None in others; `label` leads to it."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    label: str
    question: str | None = None


@final
@dataclass(frozen=True)
class Page:
    """A page: of which `kind`, its title, what stands below that, what to be warned of, and its sections."""

    kind: str
    title: str
    lead: str
    warning: str
    warnings: tuple[Text, ...]
    sections: tuple[Section, ...]

    @property
    def figures(self) -> Iterator[ReportFigure]:
        """Go through everything that is drawn, in reading order."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, ReportFigure))


def text(*parts: str | Link) -> Text:
    """Return a paragraph."""
    return Text(parts)


def faint(*parts: str | Link) -> Text:
    """Return a paragraph that may be skipped."""
    return Text(parts, "faint")


def items(lines: Iterable[str]) -> Items:
    """Return a list of plain lines."""
    return Items(tuple(Text((line,)) for line in lines))


def headed(figures: Iterable[ReportFigure], level: int = 3) -> Iterator[Block]:
    """Go through figures, each under its heading."""
    for figure in figures:
        yield Heading(figure.title, figure.name, level)
        yield figure
