import math

import pandas as pd

from runbench.cli.terminal import render_summary


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
    assert text.splitlines()[-1].split()[-2:] == ["10.0", "171,158"]
    assert "consistency" not in text
    assert "images/s" not in text


def rows_of(suite, *models, **columns):
    return pd.DataFrame(
        [{"suite": suite, "model": model, "regime": "augmented", "count": 10_000, **columns} for model in models]
    )


def test_what_one_model_lacks_is_a_dash():
    summary = rows_of("rotation", "a", "b", mean_accuracy=0.5, throughput=900.0)
    summary.loc[1, "throughput"] = math.nan
    assert render_summary(summary).splitlines()[-1].split()[-1] == "-"


def test_a_set_of_pairs_has_neither_a_sweep_nor_an_upright_image():
    text = render_summary(
        rows_of("multimnist", "a", identity_accuracy=math.nan, mean_accuracy=0.4, mean_digit_recall=0.6)
    )
    heading, _, titles, _ = text.splitlines()
    assert heading.startswith("multimnist: exact match on 10000 test images")
    assert titles.split("  ")[-1].strip().endswith("on the set per digit")
    assert "over the sweep" not in text


def test_wide_tables_fit_a_terminal_of_120_columns():
    shares = (
        "identity_accuracy",
        "mean_accuracy",
        "worst_orbit_accuracy",
        "mean_consistency",
        "mean_digit_recall",
    )
    columns = {f"{share}{part}": 0.876 for share in shares for part in ("", "_low", "_high")}
    text = render_summary(
        rows_of("overlap", "capsnet-augmented", throughput=123456.0, parameters=8215568.0, **columns)
    )
    assert max(map(len, text.splitlines())) <= 120
