import pytest

from runbench.suites import SUITES
from runbench.suites.published import GRADES, PROTOCOLS, PUBLISHED, published_on


@pytest.mark.parametrize("number", PUBLISHED, ids=lambda number: f"{number.suite}-{number.network}")
def test_published_numbers_are_errors_in_percent_with_a_known_grade_and_a_source(number):
    assert number.suite in SUITES
    assert number.grade in GRADES
    assert 0 < number.error < 100
    assert number.spread is None or 0 < number.spread < number.error
    assert number.source
    assert number.what


def test_what_is_published_can_be_compared_and_the_other_way_round():
    assert {number.suite for number in PUBLISHED} == set(PROTOCOLS)


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=lambda protocol: protocol.suite)
def test_comparisons_stand_at_a_level_of_their_suite(protocol):
    assert protocol.level in SUITES[protocol.suite].levels
    assert protocol.differs


@pytest.mark.parametrize(
    ("suite", "networks", "errors"),
    [
        ("stn-r", 10, [2.1, 1.2, 1.2, 1.3, 1.1, 0.7, 0.8, 0.7, 0.74, 0.61]),
        ("stn-rts", 10, [5.2, 0.8, 0.8, 0.9, 0.8, 0.5, 0.6, 0.5, 0.62, 0.54]),
        ("stn-p", 8, [3.1, 1.5, 1.5, 1.4, 1.4, 0.8, 0.8, 0.8]),
        ("stn-e", 8, [3.2, 1.4, 2.7, 2.6, 2.4, 1.2, 1.3, 1.1]),
        ("stn-tc", 4, [13.2, 3.5, 2.0, 1.7]),
        ("multimnist", 3, [8.1, 7.5, 5.2]),
        ("affine", 3, [100 - 66, 100 - 79, 100 - 93.21]),
    ],
)
def test_the_tables_of_the_papers(suite, networks, errors):
    numbers = published_on(suite)
    assert len({(number.network, number.source) for number in numbers}) == networks
    assert [number.error for number in numbers] == pytest.approx(errors)


def test_other_images_are_said_to_be_others():
    assert all("affNIST's own images, not ours" in number.what for number in published_on("affine"))
    assert "not used here" in PROTOCOLS["affine"].differs
