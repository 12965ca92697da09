import base64
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fixtures.pages import elements, text_of
from fixtures.reports import one_model, report_of
from fixtures.runs import write_introspection, write_run
from fixtures.suites import TURN
from fixtures.synthetic_features import response_rows, write_features
from runbench.metrics.registry import prediction_metrics
from runbench.report.writing import escape_markdown, inert
from runbench.store import files
from runbench.store.tables import read_metrics

pytestmark = pytest.mark.slow

SHOWN = ("baseline", "augmented", "stn")


HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> [x](javascript:y) | a\nb"


@pytest.fixture(scope="module")
def small_report(tmp_path_factory):
    """The report of that run, undamaged."""
    folder = tmp_path_factory.mktemp("small")
    return report_of(one_model(folder / "results" / "small"), folder / "report").parent


def contents(folder: Path) -> dict[str, bytes]:
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
    kinds = ("accuracy", "accuracy-circle", "samples", "orbit", "consistency", "calibration", "ambiguous", "costs")
    assert {f"rotation-{kind}" for kind in kinds} <= stems["svg"]


def test_what_the_page_holds(report):
    page, markdown = text_of(report / "index.html"), text_of(report / "report.md")
    for text in (page, markdown):
        assert "What happens when the object turns?" in text
        assert "60 test images, 24 levels of rotation angle (degrees) from \N{MINUS SIGN}165 to 180" in text
        assert "python run_bench.py --suite rotation --preset smoke" in text
        assert "these networks" in text
        assert all(score.definition.split(".")[0][:40] in text for score in prediction_metrics().values())
        assert all(model in text for model in SHOWN)
        assert "mnist10k" in text


def test_the_tables_are_the_stored_numbers(run, report):
    metrics = read_metrics(run / "metrics.parquet")
    table = files.read_csv(report / "tables" / "rotation-accuracy.csv")
    expected = metrics[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all")]
    merged = table.merge(expected, on=["model", "level"])
    assert len(merged) == len(SHOWN) * 24
    assert np.allclose(merged["value_x"], merged["value_y"], rtol=1e-8, atol=0)


def test_tables_in_markdown_are_rectangular(report):
    rows = [line for line in text_of(report / "report.md").splitlines() if line.startswith("|")]
    assert len(rows) > 30
    blocks = re.findall(r"(?:^\|.*\n)+", text_of(report / "report.md"), flags=re.MULTILINE)
    for block in blocks:
        assert len({line.replace("\\|", "").count("|") for line in block.splitlines()}) == 1


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(small, small_report, tmp_path):
    assert contents(report_of(small, tmp_path / "again").parent) == contents(small_report)


def test_what_no_longer_applies_is_removed_and_the_rest_is_kept(small, small_report, tmp_path):
    destination = tmp_path / "reports" / "small"
    shutil.copytree(small_report, destination)
    assert (destination / "figures" / "turn-samples.svg").exists()
    (destination / "notes.txt").write_text("mine")
    shutil.rmtree(small / "introspection")
    (small / "costs.csv").unlink()
    report_of(small, destination)
    assert not [*destination.rglob("turn-samples*"), *destination.rglob("turn-costs*")]
    assert (destination / "figures" / "turn-accuracy.svg").exists()
    assert (destination / "notes.txt").exists()
    page = text_of(destination / "index.html")
    assert "turn-samples" not in page
    assert "costs.csv is not there" in page
    assert "Suite turn has no sample images" in page
    assert not list(destination.rglob("*.part"))


@pytest.mark.slow
def test_hostile_text_is_shown_and_does_nothing(small, tmp_path):
    described = json.loads((small / "manifest.json").read_text())
    described |= {"name": HOSTILE, "commands": [HOSTILE], "configuration": {HOSTILE: HOSTILE}}
    described["cells"] |= {f"rotation/{HOSTILE}": {"state": "failed", "reason": HOSTILE}}
    files.write_json(small / "manifest.json", described)
    history = files.read_csv(small / "history.csv")
    files.write_csv(small / "history.csv", history.assign(metric=HOSTILE))
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


@pytest.mark.slow
def test_reporting_works_where_torch_cannot_be_imported(small, tmp_path):
    script = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "torchvision", "kornia", "models", "transforms"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocker())
from runbench.report.writing import write_report
from runbench.store.run import open_run
print(write_report(open_run(sys.argv[1]), sys.argv[2]))
"""
    finished = subprocess.run(
        [sys.executable, "-c", script, str(small), str(tmp_path / "report")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert finished.stdout.strip() == str(tmp_path / "report" / "index.html")


@pytest.fixture
def inside(tmp_path):
    """A run of two models that hold something inside, with features, which a test may damage."""
    folder = write_run(tmp_path / "inside", ("stn", "capsnet"), (TURN,), images=20)
    write_features(folder, ("stn",), (TURN,))
    return write_introspection(folder, (TURN,))


def test_pages_show_and_link_what_models_hold_inside_twice_the_same(inside, tmp_path):
    report = report_of(inside, tmp_path / "report").parent
    html, markdown = (text_of(report / name) for name in ("index.html", "report.md"))
    moving = (report / "figures" / "turn-learning-stn.gif").read_bytes()
    assert f'src="data:image/gif;base64,{base64.b64encode(moving).decode()}"' in html
    assert '<h3 id="turn-layers">Inside the layers</h3>' in html
    for page in (html, markdown):
        for title in ("What the spatial transformers see", "What the capsules hold", "Theta through training"):
            assert title in page
        for link in re.findall(r"(?:figures|tables)/[\w.-]+\.(?:gif|svg|png|csv)", page):
            assert (report / link).is_file()
    assert "[GIF](figures/turn-learning-stn.gif)" in markdown
    distances = [row["value"] for row in response_rows(TURN, "stn") if row["metric"] == "feature_distance"]
    table = files.read_csv(report / "tables" / "turn-layers-invariance.csv")
    assert table["value"].tolist() == pytest.approx(distances)
    assert contents(report_of(inside, tmp_path / "again").parent) == contents(report)


def test_an_animation_that_no_longer_applies_is_removed(inside, tmp_path):
    report = report_of(inside, tmp_path / "report").parent
    assert list(report.rglob("*.gif"))
    path = inside / "introspection" / "turn" / "stn-seed0.npz"
    files.write_arrays(
        path, **{name: array for name, array in files.read_arrays(path).items() if name != "watched"}
    )
    report_of(inside, report)
    assert not list(report.rglob("*.gif"))
