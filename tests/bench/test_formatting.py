import pytest

from runbench.formatting import duration, listed, plain, points, quantity, share
from runbench.statistics import Estimate


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.7, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert duration(seconds) == text


def test_wording():
    assert points(Estimate(0.123, 0.1, 0.15)) == "+12.3 points [+10.0, +15.0]"
    assert points(Estimate(-0.0001, float("nan"), float("nan"))) == "0.0 points"
    assert share(Estimate(0.5, float("nan"), float("nan"), 0.012)) == "50.0% \N{PLUS-MINUS SIGN} 1.2"
    assert [quantity(value) for value in (0, 0.1234, 12, 12.345, 1234.6, 2.5e6, 3e9)] == [
        "0", "0.123", "12", "12.3", "1,235", "2.5 million", "3 billion",
    ]  # fmt: skip
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert plain({"a": [1, None], "b": {"c": 0.5}}) == "a: 1, none; b: c: 0.5"
