import pytest

from fixtures.reports import composed, one_model
from fixtures.runs import manifest
from runbench.report.blocks import Code, Folded, Heading, Link, Page, Text
from runbench.report.figure import ReportFigure
from runbench.report.layout import lay_out
from runbench.store import files


@pytest.fixture(scope="module")
def page(kinds) -> Page:
    return lay_out(composed(kinds))


def words(blocks):
    """Return the words of the paragraphs among blocks."""
    parts = [part for block in blocks if isinstance(block, Text) for part in block.parts]
    return " ".join(part.words if isinstance(part, Link) else part for part in parts)


def test_sections_stand_in_their_order_and_only_suites_ask(page):
    names = [section.name for section in page.sections]
    assert names == ["claims", "overview", "break", "cover", "strewn", "configuration", "glossary", "reproduce"]
    assert [section.name for section in page.sections if section.question] == ["break", "cover", "strewn"]


def test_every_link_within_the_page_leads_to_a_name_that_there_is_once(page):
    blocks = [block for section in page.sections for block in section.blocks]
    headings = [block.name for block in blocks if isinstance(block, Heading) and block.name]
    names = [*(section.name for section in page.sections), *headings]
    assert len(names) == len(set(names))
    links = [part for block in blocks if isinstance(block, Text) for part in block.parts if isinstance(part, Link)]
    assert {link.target for link in links} >= {"#glossary"}
    assert {link.target[1:] for link in links if link.target.startswith("#")} <= set(names)


def test_a_figure_stands_below_its_heading_and_parts_below_theirs(page):
    for section in (section for section in page.sections if section.question):
        for before, block in zip(section.blocks, section.blocks[1:], strict=False):
            if isinstance(block, ReportFigure):
                assert isinstance(before, Heading)
                assert (before.words, before.name) == (block.title, block.name)
        levels = [block.level for block in section.blocks if isinstance(block, Heading)]
        assert set(levels) <= {3, 4}
        assert levels[0] == 3


def test_cells_without_numbers_are_warned_of_and_led_to(small):
    described = files.read_json(small / "manifest.json")
    described["cells"] |= {"turn/baseline-seed0": {"state": "failed", "reason": "torn"}}
    files.write_json(small / "manifest.json", described)
    page = lay_out(composed(small))
    (warning,) = page.warnings
    assert warning.parts[:2] == ("1 of the run's cells has no numbers: ", Link("which, and why", "#failed"))
    (failed,) = (section for section in page.sections if section.name == "failed")
    assert failed.blocks[0].rows[0][0].text == "turn/baseline-seed0"


def test_claims_that_were_not_tested_are_folded_with_the_command_that_tests_them(tmp_path):
    """Claims without any verdict have no table, but what they lack."""
    from fixtures.claim_worlds import NO_COSTS, NO_FEATURES, decided, predictions

    folder = one_model(tmp_path / "small")
    none = decided(predictions({("scale", "stn"): (0.9, 0.5)}), NO_FEATURES, NO_COSTS)
    files.write_csv(folder / "claims.csv", none)
    claims, *_ = lay_out(composed(folder)).sections
    (folded,) = claims.blocks
    assert claims.name == "claims"
    assert isinstance(folded, Folded)
    assert any(isinstance(block, Code) and "claims --run" in block.lines[0] for block in folded.blocks)


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ([], "The command is not recorded."),
        (["one"], "The same command on the same machine"),
        (["one", "two"], "The same commands, one after the other, on the same machine"),
    ],
)
def test_it_says_how_to_reproduce(tmp_path, commands, said):
    files.write_json(tmp_path / "run" / "manifest.json", manifest("run", {}) | {"commands": commands})
    *_, last = lay_out(composed(tmp_path / "run")).sections
    assert words(last.blocks).startswith(said)
    assert [block.lines for block in last.blocks if isinstance(block, Code)] == [tuple(commands)] * bool(commands)
