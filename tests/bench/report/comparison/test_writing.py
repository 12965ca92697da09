import re
from html.parser import HTMLParser

import pytest

from fixtures.suites import TURN
from runbench.report.comparison.writing import write_comparison
from runbench.store.files import read_csv

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
