import math

import pandas as pd
import pytest

from bench.terminal import render_duration, render_summary


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.7, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")],
)
def test_durations_read_as_people_say_them(seconds, text):
    assert render_duration(seconds) == text


def test_a_summary_shows_percent_with_intervals_and_dashes_for_what_is_missing():
    row = {"suite": "rotation", "model": "m", "regime": "clean", "count": 2000, "parameters": 171158.0}
    for column, value in (("identity_accuracy", 0.985), ("mean_accuracy", 0.4), ("mean_consistency", math.nan)):
        row |= {column: value, f"{column}_low": value - 0.01, f"{column}_high": value + 0.01}
    row |= {
        "worst_orbit_accuracy": 0.1,
        "worst_orbit_accuracy_low": math.nan,
        "worst_orbit_accuracy_high": math.nan,
    }
    row |= {"throughput": math.nan}
    text = render_summary(pd.DataFrame([row]))
    assert "2000 test images" in text
    assert "98.5 [97.5, 99.5]" in text
    assert "40.0 [39.0, 41.0]" in text
    assert text.splitlines()[-1].split()[-4:] == ["10.0", "-", "-", "171,158"]
