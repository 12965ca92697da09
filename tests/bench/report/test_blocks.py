import pandas as pd
import pytest
from matplotlib.figure import Figure

from runbench.report.blocks import Heading, Items, Link, Page, Section, Text, faint, headed, items, text
from runbench.report.figure import ReportFigure
from runbench.report.writing import write_page


def figure(name):
    return ReportFigure(name, name.title(), f"What {name} shows.", Figure, pd.DataFrame({"value": [1]}))


ONE, TWO, THREE = map(figure, ("one", "two", "three"))


def test_a_page_knows_its_figures_in_reading_order():
    sections = [Section("a", "A", (TWO, text("between"), ONE), "a"), Section("b", "B", (THREE,), "b")]
    page = Page("report", "title", "", "", (), tuple(sections))
    assert list(page.figures) == [TWO, ONE, THREE]


@pytest.mark.parametrize("level", [3, 4])
def test_figures_stand_under_headings_that_links_lead_to(level):
    assert list(headed([ONE, TWO], level)) == [
        Heading("One", "one", level), ONE, Heading("Two", "two", level), TWO,
    ]  # fmt: skip


def test_paragraphs_and_lists_are_of_words_and_links():
    link = Link("there", "#there")
    assert text("go ", link) == Text(("go ", link), tone="")
    assert faint("go ", link) == Text(("go ", link), tone="faint")
    assert items(["a", "b"]) == Items((text("a"), text("b")))


def test_both_pages_say_the_same_words(tmp_path):
    blocks = (text("go ", Link("there", "#named")), items(["first", "second"]), Heading("Where it is", "named"))
    index = write_page(
        Page("report", "title", "below", "beware", (text("of this"),), (Section("s", "S", blocks, "s", "Why?"),)),
        tmp_path,
    )
    page, markdown = index.read_text(), (tmp_path / "report.md").read_text()
    for words in ("title", "below", "beware", "of this", "first", "second", "Where it is", "Why?"):
        assert words in page
        assert words in markdown
    assert '<a href="#named">there</a>' in page
    assert '<h3 id="named">' in page
    assert "[there](#named)" in markdown
