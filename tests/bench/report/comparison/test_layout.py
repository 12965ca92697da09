from dataclasses import replace

import pytest

from runbench.report.blocks import Folded, Items, Page, Text
from runbench.report.comparison.layout import lay_out


@pytest.fixture(scope="module")
def page(compared) -> Page:
    return lay_out(compared)


def section_of(page, name):
    (found,) = (section for section in page.sections if section.name == name)
    return found


def test_sections_stand_in_their_order_and_only_suites_ask(page):
    assert [section.name for section in page.sections] == [
        "overview", "turn", "strewn", "costs", "settings", "method",
    ]  # fmt: skip
    assert [section.name for section in page.sections if section.question] == ["turn", "strewn"]


def test_the_page_says_which_run_is_which(page):
    assert page.lead == "A is the run first, B the run second. Differences are A minus B."
    assert page.title == "first and second"


def test_what_is_left_out_comes_before_the_notes(compared):
    page = lay_out(replace(compared, refused={"blur": "levels differ"}, notes=("the second is older",)))
    assert [warning.parts for warning in page.warnings] == [
        ("blur is left out: levels differ.",), ("the second is older",),
    ]  # fmt: skip


def test_metrics_of_features_are_folded_where_there_are_any(page):
    folded = [block for block in section_of(page, "turn").blocks if isinstance(block, Folded)]
    assert [block.words for block in folded] == ["1 numbers that both runs store"]
    assert not any(isinstance(block, Folded) for block in section_of(page, "strewn").blocks)


def test_costs_say_why_they_are_not_set_side_by_side(compared):
    unlike = ("cpu is two cores in A and four cores in B",)
    reason, listed = section_of(
        lay_out(replace(compared, costs=compared.costs.head(0), unlike=unlike)), "costs"
    ).blocks
    assert "not made alike" in reason.parts[0]
    assert listed == Items((Text(unlike),))
    (none,) = section_of(lay_out(replace(compared, costs=compared.costs.head(0), unlike=())), "costs").blocks
    assert none.parts == ("The runs have no costs in common.",)
