"""The main job as a user runs it: every model, the smoke preset, a report; and the same command again."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.blocking import run_without

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NAME = "rotation-mnist10k-smoke"


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_bench(*words):
    done = subprocess.run([sys.executable, "run_bench.py", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smoke")
    return ["--output", str(folder / "results"), "--reports", str(folder / "reports")]


@pytest.fixture(scope="module")
def command(folders):
    return ["--suite", "rotation", "--preset", "smoke", "--threads", "1", *folders]


@pytest.fixture(scope="module")
def first(command):
    return run_bench(*command)


@pytest.fixture(scope="module")
def results(first, folders):
    return Path(folders[1])


@pytest.fixture(scope="module")
def report(first, folders):
    return Path(folders[3]) / NAME


def test_six_models_are_trained_swept_and_priced(first, results):
    assert len(re.findall(r"done +trained now", first)) == 6
    assert len(re.findall(r"costs +measured", first)) == 3
    assert len(list(results.glob(f"{NAME}/predictions/rotation/*.parquet"))) == 6


def test_the_report_stands_alone(report):
    page = (report / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=[\"']https?:", page)
    assert "<script" not in page
    for linked in re.findall(r"href=[\"'](tables/[^\"']+|figures/[^\"']+)", page):
        assert (report / linked).is_file(), linked
    for linked in re.findall(r"\]\(([^)#:]+)\)", (report / "report.md").read_text(encoding="utf-8")):
        assert (report / linked).is_file(), linked
    figures = {path.stem: path for path in report.glob("figures/*.svg")}
    assert figures.keys() == {path.stem for path in report.glob("figures/*.png")}
    assert len(figures) >= 6


def test_the_same_command_again_trains_and_measures_nothing(first, command, results, report):
    before = contents(results), contents(report)
    again = run_bench(*command)
    assert again.count("stored already") == 6
    assert "trained now" not in again
    assert "measured" not in again
    assert (contents(results), contents(report)) == before


def test_the_report_is_rebuilt_where_torch_cannot_be_imported(first, folders, report):
    before = contents(report)
    for path in report.rglob("*.*"):
        path.unlink()
    done = run_without(["torch", "torchvision", "kornia"], ["report", NAME, *folders])
    assert done.returncode == 0, done.stderr
    assert contents(report) == before
