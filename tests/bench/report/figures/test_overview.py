import shutil

import pytest

from fixtures.pages import text_of
from fixtures.reports import composed
from runbench import plots
from runbench.store import files

pytestmark = pytest.mark.slow


def test_the_overview_says_what_stands_in_each_place(kinds, kinds_report):
    overview = composed(kinds).overview
    summary = files.read_csv(kinds / "summary.csv").set_index(["suite", "model"])
    shown = {row[0].text: [cell.text for cell in row[1:]] for row in overview.rows}
    assert overview.heading == ("suite", "what is shown", "baseline", "stn")
    for suite, column, what in (
        ("break", "area_under_curve", "area under accuracy"),
        ("cover", "area_under_curve", "area under exact match"),
        ("strewn", "mean_accuracy", "exact match on the set"),
    ):
        numbers = [f"{100 * summary.loc[(suite, model), column]:.1f}" for model in ("baseline", "stn")]
        assert shown[suite] == [what, *numbers]
    table = files.read_csv(kinds_report / "tables" / "overview.csv")
    assert table["quantity"].tolist() == ["area under the curve"] * 4 + ["on the set"] * 2
    assert (kinds_report / "figures" / "overview.svg").exists()
    assert text_of(kinds_report / "index.html").index("overview") < text_of(kinds_report / "index.html").index(
        "<h2>"
    )


def test_one_suite_has_no_overview(small):
    report = composed(small)
    assert report.overview is None
    assert report.figures == ()


def test_models_that_only_some_suites_have_leave_places_empty(tmp_path, kinds):
    folder = tmp_path / "some"
    shutil.copytree(kinds, folder)
    summary = files.read_csv(folder / "summary.csv")
    files.write_csv(folder / "summary.csv", summary.drop(index=len(summary) - 1))
    report = composed(folder)
    dashes = [
        (row[0].text, place)
        for row in report.overview.rows
        for place in (2, 3)
        if row[place].text == "\N{EN DASH}"
    ]
    assert dashes == [("strewn", 3)]
    with plots.figure_style():
        (figure,) = report.figures
        assert figure.draw().axes
