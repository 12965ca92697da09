import pytest

from fixtures.suites import BREAK, STREWN
from runbench.report.terms import column_words
from runbench.suites import SUITES


@pytest.mark.parametrize("suite", [*SUITES.values(), BREAK, STREWN], ids=lambda suite: suite.name)
def test_a_set_has_neither_a_mean_over_levels_nor_a_sweep(suite):
    words = column_words(suite)
    said = f"{words['mean']} {words['over']}"
    assert ("mean" in said) is ("sweep" in said) is bool(suite.axis)
    assert ("on the set" in said) is not bool(suite.axis)
    assert words["success"] in words["mean"]


def test_words_name_what_counts_as_right():
    assert column_words(BREAK) == {
        "success": "accuracy", "mean": "mean accuracy", "over": "over the sweep", "unit": "share",
    }  # fmt: skip
    assert column_words(STREWN)["mean"] == "exact match on the set"
