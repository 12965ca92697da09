import re
import shutil
from html.parser import HTMLParser

import pandas as pd
import pytest

from fixtures.comparison_runs import answers, measured, store
from fixtures.synthetic import STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.plots.metrics.two_runs import plot_difference_matrix
from runbench.report.comparison.page import compose
from runbench.report.comparison.terminal import render_comparison
from runbench.report.comparison.writing import write_comparison
from runbench.store.files import read_csv, read_json, write_json
from runbench.store.run import read_run

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(path):
    parser = Elements()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.found


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    cells = [answers(suite, model) for suite in (TURN, STREWN) for model in ("baseline", "stn")]
    others = [answers(suite, model, network=8) for suite in (TURN, STREWN) for model in ("baseline", "stn")]
    first = store(folder / "first", cells)
    second = store(folder / "second", others, git_commit=HOSTILE)
    for run, value in ((first, 0.25), (second, 0.5)):
        measured(run, [{"layer": "features.0 (convolution)", "metric": "dead_units", "value": value}])
    return compare(read_run(first), read_run(second))


@pytest.fixture(scope="module")
def written(compared, tmp_path_factory):
    index = write_comparison(compared, tmp_path_factory.mktemp("reports") / "compare-first-second")
    assert index.name == "index.html"
    return index.parent


def test_everything_that_is_linked_to_is_there(written):
    found = elements(written / "index.html")
    targets = [attributes["href"] for tag, attributes in found if tag == "a"]
    names = {attributes.get("id") for _, attributes in found}
    assert {target[1:] for target in targets if target.startswith("#")} <= names
    named = {target for target in targets if not target.startswith("#")}
    named |= set(re.findall(r"\]\(([^)]+)\)", (written / "report.md").read_text(encoding="utf-8")))
    assert all((written / target).is_file() for target in named)
    assert {"tables/comparison.csv", "tables/features.csv", "tables/costs.csv", "figures/differences.svg"} <= named


def test_the_figures_are_the_matrix_and_for_each_suite_its_curves_and_differences(written):
    # a set has one level, and one level no curve
    assert {path.stem for path in written.glob("figures/*.png")} == {
        "differences", "turn-curves", "turn-differences", "strewn-differences",
    }  # fmt: skip


def test_the_table_holds_every_row(written, compared):
    table = read_csv(written / "tables" / "comparison.csv")
    assert list(table.columns) == list(compared.comparison.columns)
    assert table["difference"].to_numpy() == pytest.approx(compared.comparison["difference"].to_numpy(), abs=1e-8)
    assert len(read_csv(written / "tables" / "turn-curves.csv")) == 2 * 2 * len(TURN.levels)


def test_free_text_is_inert(written):
    page = (written / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert read_csv(written / "tables" / "settings.csv")["b"].tolist() == [f"'{HOSTILE}"]


def test_the_same_runs_give_the_same_bytes_and_leave_nothing_of_an_earlier_comparison(compared, written, tmp_path):
    again = tmp_path / "again"
    for name in ("figures/old-curves.svg", "tables/old.csv"):
        (again / name).parent.mkdir(parents=True)
        (again / name).write_text("old")
    write_comparison(compared, again)
    assert files(again) == files(written)


def test_the_terminal_shows_a_row_for_each_suite_and_model(compared):
    text = render_comparison(compared)
    assert "A is first, B is second" in text
    assert "turn: area under the curve on 60 test images" in text
    assert "strewn: exact match on the set on 60 test images" in text
    rows = compared.comparison[compared.comparison["level"].isna()]
    for row in rows.to_dict(orient="records"):
        assert re.search(rf"{row['model']} +{100 * row['value_a']:.1f} +{100 * row['value_b']:.1f} ", text)
    assert max(map(len, text.splitlines())) <= 100


def test_unlike_machines_have_no_table_of_costs_but_the_reason(tmp_path):
    folders = [store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second")]
    manifest = read_json(folders[1] / "manifest.json")
    manifest["hardware"]["cpu"] = "four cores"
    write_json(folders[1] / "manifest.json", manifest)
    compared = compare(*map(read_run, folders))
    page = compose(compared)
    assert page.costs is None
    assert page.unlike == ("cpu is two cores in A and four cores in B",)
    assert page.matrix is None
    assert "Costs are not compared: cpu is two cores in A and four cores in B." in render_comparison(compared)


def test_verdicts_name_the_better_run(tmp_path):
    right = answers(TURN, "stn").assign(correct=True)
    wrong = right.assign(correct=False)
    first, second = store(tmp_path / "first", [right]), store(tmp_path / "second", [wrong])
    for pair, verdict in (((first, second), "A is higher"), ((second, first), "B is higher")):
        (section,) = compose(compare(*map(read_run, pair))).sections
        ((_, a, b, difference, _, said, apart),) = section.summary.rows
        assert said.text == verdict
        assert {a.text, b.text} == {"100.0", "0.0"}
        assert difference.text.endswith("100.0 points")
        assert apart.text == "4 of 4"


def test_the_matrix_leaves_places_without_a_difference_empty_and_its_table_as_it_is():
    rows = pd.DataFrame(
        {
            "suite": ["turn", "turn", "break"],
            "model": ["stn", "baseline", "stn"],
            "difference": [0.125, -0.00001, -0.5],
            "separated": [True, False, False],
        }
    )
    before = rows.copy()
    figure = plot_difference_matrix(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert [text.get_text() for text in figure.axes[0].texts] == ["+12.5*", "0.0", "\N{MINUS SIGN}50.0"]


def test_a_run_of_other_measures_is_written_all_the_same(tmp_path):
    folders = [store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second")]
    for folder in folders:
        measured(folder, [{"metric": "of another version", "dimension": 3, "value": 1e-7}])
    (section,) = compose(compare(*map(read_run, folders))).sections
    ((name, model, place, *_),) = section.features.rows
    assert (name.text, model.text, place.text) == ("of another version", "stn", "the whole network, dimension 3")
    shutil.rmtree(folders[0] / "features")
    (section,) = compose(compare(*map(read_run, folders))).sections
    assert section.features is None
