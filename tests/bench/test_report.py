import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import plots, records
from bench.errors import DamagedFileError
from bench.report import write_report
from bench.report.findings import findings, scope
from bench.report.page import Page, compose
from bench.report.stored import read_gallery, read_run
from bench.report.wording import Estimate, listed, plain, points, quantity, share
from bench.report.writing import escape_markdown, inert
from bench.scores import SCORES
from tests.bench.synthetic import SHIFT, TURN, manifest, write_run

SHOWN = ("baseline", "augmented", "stn")
KNOWN = {suite.name: suite for suite in (SHIFT, TURN)}

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> [x](javascript:y) | a\nb"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("results") / "demo", models=SHOWN)


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    index = write_report(run, tmp_path_factory.mktemp("reports") / "demo")
    assert index.name == "index.html"
    return index.parent


def one_model(folder: Path) -> Path:
    return write_run(folder, models=("stn",), suites=(TURN,), images=20)


@pytest.fixture
def small(tmp_path):
    """A run of one model on few levels, which a test may damage."""
    return one_model(tmp_path / "results" / "small")


@pytest.fixture(scope="module")
def small_report(tmp_path_factory):
    """The report of that run, undamaged."""
    folder = tmp_path_factory.mktemp("small")
    return report_of(one_model(folder / "results" / "small"), folder / "report").parent


def report_of(folder: Path, destination: Path) -> Path:
    return write_report(folder, destination, KNOWN)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Collect a page's tags with their attributes, and see that every tag is closed."""

    VOID = frozenset({"meta", "img", "br", "link", "hr"})

    def __init__(self):
        super().__init__()
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def elements(page: Path) -> list[tuple[str, dict[str, str]]]:
    parser = Elements()
    parser.feed(text_of(page))
    assert not parser.open
    return parser.found


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_page_needs_no_other_file(report):
    for tag, attributes in elements(report / "index.html"):
        assert tag not in ("script", "link", "iframe")
        if tag == "img":
            assert attributes["src"].startswith("data:image/svg+xml;base64,")
            assert len(attributes["alt"]) > 40
    assert "http" not in re.sub(r"data:[^\"]+", "", text_of(report / "index.html"))


@pytest.mark.parametrize("page", ["index.html", "report.md"])
def test_links_lead_somewhere(report, page):
    if page == "report.md":
        targets = re.findall(r"\]\(([^)]+)\)", text_of(report / page))
    else:
        found = elements(report / page)
        targets = [attributes["href"] for tag, attributes in found if tag == "a"]
        names = {attributes.get("id") for _, attributes in found}
        assert {target[1:] for target in targets if target.startswith("#")} <= names
    files_named = [target for target in targets if not target.startswith("#")]
    assert len(files_named) > 20
    assert all((report / target).is_file() for target in files_named)


def test_every_figure_has_its_table_and_both_formats(report):
    stems = {suffix: {path.stem for path in report.rglob(f"*.{suffix}")} for suffix in ("svg", "png", "csv")}
    assert stems["svg"] == stems["png"] == stems["csv"]
    kinds = ("accuracy", "accuracy-circle", "gallery", "orbit", "consistency", "calibration", "ambiguous", "costs")
    assert {f"rotation-{kind}" for kind in kinds} <= stems["svg"]


def test_what_the_page_holds(report):
    page, markdown = text_of(report / "index.html"), text_of(report / "report.md")
    for text in (page, markdown):
        assert "What happens when the object turns?" in text
        assert "60 test images, 24 levels of rotation angle from \N{MINUS SIGN}165 to 180 degrees" in text
        assert "python run_bench.py --suite rotation --preset smoke" in text
        assert "these networks" in text
        assert all(score.definition.split(".")[0][:40] in text for score in SCORES.values())
        assert all(model in text for model in SHOWN)
        assert "mnist10k" in text


def test_the_tables_are_the_stored_numbers(run, report):
    metrics = records.read_csv(run / "metrics.csv")
    table = records.read_csv(report / "tables" / "rotation-accuracy.csv")
    expected = metrics[(metrics["score"] == "accuracy") & (metrics["subset"] == "all")]
    merged = table.merge(expected, on=["model", "level"])
    assert len(merged) == len(SHOWN) * 24
    assert (merged["value_x"] == merged["value_y"]).all()


def test_tables_in_markdown_are_rectangular(report):
    rows = [line for line in text_of(report / "report.md").splitlines() if line.startswith("|")]
    assert len(rows) > 30
    blocks = re.findall(r"(?:^\|.*\n)+", text_of(report / "report.md"), flags=re.MULTILINE)
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1


def test_the_same_run_gives_the_same_bytes(small, small_report, tmp_path):
    assert files(report_of(small, tmp_path / "again").parent) == files(small_report)


def test_what_no_longer_applies_is_removed_and_the_rest_is_kept(small, small_report, tmp_path):
    destination = tmp_path / "reports" / "small"
    shutil.copytree(small_report, destination)
    assert (destination / "figures" / "turn-gallery.svg").exists()
    (destination / "notes.txt").write_text("mine")
    shutil.rmtree(small / "gallery")
    (small / "costs.csv").unlink()
    report_of(small, destination)
    assert not [*destination.rglob("turn-gallery*"), *destination.rglob("turn-costs*")]
    assert (destination / "figures" / "turn-accuracy.svg").exists()
    assert (destination / "notes.txt").exists()
    page = text_of(destination / "index.html")
    assert "turn-gallery" not in page
    assert "costs.csv is not there" in page
    assert "Suite turn has no sample images" in page
    assert not list(destination.rglob("*.part"))


def composed(folder: Path, suites=KNOWN) -> Page:
    """What the report says and draws, before anything is written."""
    with plots.style():
        return compose(read_run(folder), suites)


def test_several_suites_and_seeds(tmp_path):
    run = write_run(tmp_path / "many", models=("baseline", "stn"), suites=(TURN, SHIFT), seeds=(0, 1), images=20)
    turn, shift = composed(run).sections
    assert (turn.suite, shift.suite) == (TURN, SHIFT)
    for section in (turn, shift):
        assert "training seeds 0 and 1" in section.ran
        assert "means over up to 2 training seeds" in section.scope
        assert "\N{PLUS-MINUS SIGN}" in section.summary.rows[0][1].detail
        assert "from the lowest to the highest seed" in section.exhibits[0].caption
    drawn = {exhibit.name for section in (turn, shift) for exhibit in section.exhibits}
    assert {"turn-accuracy", "turn-accuracy-circle", "shift-accuracy"} <= drawn
    assert "shift-accuracy-circle" not in drawn


def test_a_suite_that_this_version_does_not_know(small):
    page = composed(small, {})
    assert [section.suite.name for section in page.sections] == ["turn"]
    assert "turn-accuracy" in {exhibit.name for exhibit in page.sections[0].exhibits}


@pytest.mark.parametrize("name", ["metrics.csv", "costs.csv", "history.csv", "manifest.json"])
def test_an_absent_file_is_named(small, name):
    (small / name).unlink()
    assert read_run(small).missing == (f"{name} is not there.",)


def test_a_summary_alone_is_a_report(small):
    for path in (*small.glob("[!s]*.csv"), small / "manifest.json"):
        path.unlink()
    section = composed(small).sections[0]
    assert section.summary is not None
    assert section.findings
    assert {"turn-orbit", "turn-consistency"} <= {exhibit.name for exhibit in section.exhibits}


def test_an_absent_summary_is_made_from_the_metrics(small):
    expected = read_run(small)
    (small / "summary.csv").unlink()
    stored = read_run(small)
    assert stored.missing == ()
    pd.testing.assert_frame_equal(stored.summary, expected.summary, check_dtype=False, rtol=1e-8)


@pytest.mark.parametrize("name", ["metrics.csv", "costs.csv", "history.csv", "summary.csv", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe" * 50, b"some,other\n1,2\n", b"[]"])
def test_a_file_of_other_content_is_left_out_and_named(small, name, content):
    (small / name).write_bytes(content)
    stored = read_run(small)
    assert len(stored.missing) == 1
    assert stored.missing[0].startswith(name)


@pytest.mark.parametrize("name", ["metrics.csv", "costs.csv", "history.csv", "summary.csv"])
def test_a_cut_file_is_survived(small, name):
    content = (small / name).read_bytes()
    (small / name).write_bytes(content[: len(content) // 3])
    assert composed(small).sections


def test_a_column_of_words_where_numbers_belong(small):
    metrics = records.read_csv(small / "metrics.csv")
    records.write_csv(small / "metrics.csv", metrics.assign(value="much"))
    assert read_run(small).missing == ("metrics.csv is left out: value should be numbers.",)


def test_a_damaged_gallery_is_named(small):
    records.write_arrays(small / "gallery" / "turn" / "samples.npz", images=np.zeros((1, 2)))
    assert any(line.startswith("The gallery of turn is left out") for line in composed(small).missing)


def test_arrays_of_unequal_shapes_are_refused(small):
    path = small / "gallery" / "turn" / "stn-seed0.npz"
    records.write_arrays(path, predicted=np.zeros((1, 2)), confidence=np.zeros((1, 2)))
    with pytest.raises(DamagedFileError, match="unequal shapes"):
        read_gallery(small, "turn", ["stn"])


def test_the_gallery_takes_the_lowest_seed_and_the_given_order(tmp_path):
    run = write_run(tmp_path / "run", models=("stn", "baseline"), suites=(TURN,), seeds=(2,), images=20)
    place = run / "gallery" / "turn"
    answers = records.read_arrays(place / "stn-seed2.npz")
    records.write_arrays(place / "stn-seed10.npz", **answers | {"predicted": answers["predicted"] * 0})
    gallery = read_gallery(run, "turn", ["stn", "baseline"])
    assert list(gallery.predicted) == ["stn", "baseline"]
    assert (gallery.predicted["stn"] == answers["predicted"]).all()


@pytest.mark.parametrize("exists", [True, False])
def test_a_report_from_nothing(tmp_path, exists):
    results = tmp_path / "nothing"
    if exists:
        results.mkdir()
    index = write_report(results, tmp_path / "report")
    assert "metrics.csv is not there" in text_of(index)
    assert "No suite has been measured yet" in text_of(index)
    assert elements(index)


def test_a_report_from_failed_cells_only(tmp_path):
    states = {
        "rotation/stn-seed0": {"state": "diverged", "reason": "the loss became NaN in epoch 2"},
        "rotation/baseline-seed0": {"state": "timeout"},
    }
    records.write_json(tmp_path / "failed" / "manifest.json", manifest("failed", states))
    page = text_of(write_report(tmp_path / "failed", tmp_path / "report"))
    assert "Nothing has been measured" in page
    assert "the loss became NaN in epoch 2" in page
    assert "rotation/baseline-seed0" in page
    assert "no reason given" in page


def test_hostile_text_is_shown_and_does_nothing(small, tmp_path):
    described = json.loads((small / "manifest.json").read_text())
    described |= {"name": HOSTILE, "command": HOSTILE, "configuration": {HOSTILE: HOSTILE}}
    described["cells"] |= {f"rotation/{HOSTILE}": {"state": "failed", "reason": HOSTILE}}
    records.write_json(small / "manifest.json", described)
    history = records.read_csv(small / "history.csv")
    records.write_csv(small / "history.csv", history.assign(measure=HOSTILE))
    index = report_of(small, tmp_path / "report")
    assert "script" not in {tag for tag, _ in elements(index)}
    assert "&lt;script&gt;" in text_of(index)
    markdown = text_of(tmp_path / "report" / "report.md")
    assert "<script" not in markdown
    assert "[x](" not in markdown
    table = text_of(tmp_path / "report" / "tables" / "turn-training.csv")
    assert "\"'=cmd" in table or ",'=cmd" in table


def test_formulas_are_quoted_and_numbers_are_not():
    frame = pd.DataFrame({"text": ["=1+1", "@x", "plain", None], "number": [-1.0, 2.0, 3.0, 4.0]})
    quoted = inert(frame)
    assert quoted["text"].tolist()[:3] == ["'=1+1", "'@x", "plain"]
    assert quoted["number"].tolist() == [-1, 2, 3, 4]
    assert frame["text"].iloc[0] == "=1+1"


def test_markdown_is_escaped():
    assert escape_markdown("a | <b> & `c`\n[d](e)") == "a \\| &lt;b> &amp; \\`c\\` [d]\\(e)"
    assert escape_markdown(3) == 3


def summary_of(*rows):
    return pd.DataFrame(
        [
            {
                "suite": "rotation",
                "model": model,
                "architecture": architecture,
                "regime": regime,
                "seeds": 1,
                "count": 100,
                "identity_accuracy": 0.98,
                "identity_accuracy_low": 0.97,
                "identity_accuracy_high": 0.99,
                "mean_accuracy": accuracy,
                "mean_accuracy_low": accuracy - 0.01,
                "mean_accuracy_high": accuracy + 0.01,
                "worst_orbit_accuracy": accuracy / 2,
                "mean_clean_correct_consistency": accuracy,
                "throughput": speed,
            }
            for model, architecture, regime, accuracy, speed in rows
        ]
    )


def test_findings_state_numbers_and_intervals():
    sentences = findings(
        summary_of(
            ("plain", "cnn", "clean", 0.5, 1000.0),
            ("taught", "cnn", "augmented", 0.9, 1000.0),
            ("other", "vit", "augmented", 0.905, 250.0),
        )
    )
    text = "\n".join(sentences)
    assert 3 <= len(sentences) <= 6
    assert "other classifies 90.5% [89.5, 91.5] of the images correctly, the most" in text
    assert "plain 50.0% [49.0, 51.0], the fewest" in text
    # Newcombe: sqrt(0.01^2 + 0.01^2) on either side
    assert "of cnn by +40.0 points [+38.6, +41.4]" in text
    lead = "other is ahead of taught by +0.5 points [\N{MINUS SIGN}0.9, +1.9] (undecided)"
    assert f"under the augmented regime {lead}" in text
    assert "a factor of 4.0" in text


def test_findings_of_one_model_compare_nothing():
    text = " ".join(findings(summary_of(("only", "cnn", "clean", 0.5, 10.0))))
    assert "only classifies 50.0%" in text
    assert "regime" not in text
    assert "fewest" not in text


def test_findings_of_no_model_are_none():
    assert findings(summary_of(("a", "b", "clean", 0.5, 1.0)).head(0)) == []


def test_scope_speaks_of_these_networks_only():
    assert "these networks" in scope(summary_of(("a", "b", "clean", 0.5, 1.0)))


def test_wording():
    assert points(0.123, 0.1, 0.15) == "+12.3 points [+10.0, +15.0]"
    assert points(-0.0001, float("nan"), float("nan")) == "0.0 points"
    assert share(Estimate(0.5, float("nan"), float("nan"), 0.012)) == "50.0% \N{PLUS-MINUS SIGN} 1.2"
    assert [quantity(value) for value in (0, 0.1234, 12, 12.345, 1234.6, 2.5e6, 3e9)] == [
        "0", "0.123", "12", "12.3", "1,235", "2.5 million", "3 billion",
    ]  # fmt: skip
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert plain({"a": [1, None], "b": {"c": 0.5}}) == "a: 1, none; b: c: 0.5"


def test_read_run_of_a_whole_folder_misses_nothing(run):
    stored = read_run(run)
    assert stored.missing == ()
    assert stored.suites == ["rotation"]
    assert stored.name == "demo"


def test_reporting_works_where_torch_cannot_be_imported(small, tmp_path):
    script = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "torchvision", "kornia", "models", "transforms"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
from pathlib import Path
from bench.report import write_report
print(write_report(Path(sys.argv[1]), Path(sys.argv[2])))
"""
    finished = subprocess.run(
        [sys.executable, "-c", script, str(small), str(tmp_path / "report")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert finished.stdout.strip() == str(tmp_path / "report" / "index.html")
