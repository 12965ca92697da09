import math

import pytest

from runbench.report.tables.table import NOTHING, Entry, index_entry, share_entry
from runbench.statistics import Estimate


@pytest.mark.parametrize(
    ("number", "share", "index"),
    [
        (Estimate(0.5, 0.25, 0.75), Entry("50.0", "[25.0, 75.0]"), Entry("0.500", "[0.250, 0.750]")),
        (Estimate(1.0, math.nan, math.nan), Entry("100.0"), Entry("1.000")),
        (Estimate(math.nan, math.nan, math.nan), Entry(NOTHING), Entry(NOTHING)),
    ],
)
def test_shares_are_percent_and_indices_are_not(number, share, index):
    assert share_entry(number) == share
    assert index_entry(number) == index
