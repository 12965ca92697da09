import shutil

import pandas as pd
import pytest

from fixtures.figures import cells_of, pairs_of
from fixtures.reports import drawn, figure_in
from fixtures.suites import SHIFT
from runbench.analysis.paired import no_comparisons
from runbench.report.figure import SuiteTables
from runbench.report.figures.models.differences import differences
from runbench.report.findings import findings, how_differences
from runbench.report.page import compose
from runbench.store import files
from runbench.store.run import read_run

MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def copy(once, tmp_path):
    """That run, which a test may damage."""
    return shutil.copytree(once, tmp_path / "run")


def summary_of(**areas):
    """Return a summary of clean models by their area under the curve."""
    parts = [
        {"model": model, "architecture": model, "regime": "clean", "area_under_curve": area, "mean_accuracy": 0.1}
        for model, area in areas.items()
    ]
    return pd.DataFrame(parts).assign(seeds=1, count=100)


def test_the_matrix_shows_each_pair_twice_with_turned_signs(section):
    table = figure_in(section, "differences").table
    figure = drawn(section, "differences")
    names = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    written = cells_of(figure)
    assert len(written) == 2 * len(table) == 6
    for row in table.to_dict(orient="records"):
        first, second = names.index(row["model"]), names.index(row["other"])
        points = f"{abs(100 * row['difference']):.1f}"
        ahead, behind = ((first, second), (second, first))[:: 1 if row["difference"] > 0 else -1]
        assert written[ahead] in {f"+{points}", "0.0"}
        assert written[behind] in {f"{MINUS}{points}", "0.0"}


def test_a_dot_stands_where_the_test_separates(section):
    table = figure_in(section, "differences").table
    figure = drawn(section, "differences")
    names = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    dots = {(round(y + 0.5), round(x - 0.5)) for x, y in (line.get_xydata()[0] for line in figure.axes[0].lines)}
    expected = set()
    for row in table[table["separated"]].to_dict(orient="records"):
        pair = names.index(row["model"]), names.index(row["other"])
        expected |= {pair, pair[::-1]}
    assert 0 < len(expected) < 6
    assert dots == expected
    assert "separates" in figure.legends[0].get_texts()[0].get_text()


def test_models_stand_in_the_order_of_their_ranks(section):
    axes = drawn(section, "differences").axes[0]
    assert [text.get_text().split("  ") for text in axes.get_yticklabels()] == [
        ["augmented", "(rank 1)"],
        ["baseline", "(rank 2)"],
        ["stn-clean", "(rank 2)"],
    ]


def test_captions_of_one_seed_speak_of_these_networks(section):
    caption = figure_in(section, "differences").caption
    assert "these networks" in caption
    assert "Holm's correction over all 3 pairs" in caption
    assert "40 images resolve is" in caption
    assert "these networks" in section.scope
    assert "40 images resolve is" in section.scope


def test_several_seeds_are_resampled_and_their_spread_is_shown():
    pairs = pairs_of(("one", "two", 0.1, 0.02, True)).assign(seeds=3, seed_sd=0.025)
    empty = pd.DataFrame()
    tables = SuiteTables(SHIFT, empty, empty, empty, empty, empty, {}, empty, comparisons=pairs)
    (shown,) = differences(tables)
    assert "Test images and 3 training seeds are resampled together." in shown.caption
    assert "these networks" not in shown.caption
    assert "Holm" not in shown.caption
    assert shown.table["seed_sd"].tolist() == [0.025]
    text = " ".join(findings(summary_of(one=0.9, two=0.8), SHIFT, pairs))
    assert "+10.0 points [+8.0, +12.0] \N{PLUS-MINUS SIGN} 2.5" in text
    assert "training seeds, resampled together" in how_differences(pairs)


def test_a_set_is_compared_by_its_exact_match(page):
    section = page.sections[1]
    assert figure_in(section, "differences").caption.startswith(
        "Difference of the exact match on the same test images"
    )
    assert "in exact match: under the clean regime" in " ".join(section.findings)


def test_a_run_without_pairs_lacks_nothing(copy):
    (copy / "comparisons.csv").unlink()
    stored = read_run(copy)
    assert stored.missing == ()
    section = compose(stored).sections[0]
    assert not [shown for shown in section.figures if shown.name.endswith("-differences")]
    assert "Newcombe 1998" in section.differences
    assert "resolve" not in section.scope


def test_a_table_without_a_pair_lacks_nothing(copy):
    files.write_csv(copy / "comparisons.csv", no_comparisons())
    stored = read_run(copy)
    assert stored.missing == ()
    assert stored.comparisons.empty


def test_a_cut_table_of_pairs_is_left_out(copy):
    content = (copy / "comparisons.csv").read_bytes()
    (copy / "comparisons.csv").write_bytes(content[: content.rindex(b",") - 30])
    assert len(read_run(copy).missing) == 1


def test_a_table_of_pairs_of_other_content_is_named(copy):
    table = files.read_csv(copy / "comparisons.csv")
    files.write_csv(copy / "comparisons.csv", table.assign(separated="maybe"))
    stored = read_run(copy)
    assert stored.missing == ("comparisons.csv is left out: separated should be numbers.",)
    assert stored.comparisons.empty
