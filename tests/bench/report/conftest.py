"""Stored runs and their reports, made once; `small` alone may be damaged."""

import pytest

from fixtures.reports import one_model, report_of
from fixtures.runs import unguarded, write_run
from fixtures.suites import BREAK, COVER, STREWN
from runbench.report.writing import write_report
from runbench.store.run import read_run

SHOWN = ("baseline", "augmented", "stn")


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("results") / "demo", models=SHOWN)


@pytest.fixture(scope="session")
def report(run, tmp_path_factory):
    index = write_report(read_run(run), tmp_path_factory.mktemp("reports") / "demo")
    assert index.name == "index.html"
    return index.parent


@pytest.fixture(scope="session")
def kinds(tmp_path_factory):
    """A run of three kinds of suite: parts and pairs along an axis, and a set of pairs."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    return unguarded(write_run(folder, models=("baseline", "stn"), suites=(BREAK, COVER, STREWN), images=60))


@pytest.fixture(scope="session")
def kinds_report(kinds, tmp_path_factory):
    return report_of(kinds, tmp_path_factory.mktemp("reports") / "kinds").parent


@pytest.fixture
def small(tmp_path):
    """A run of one model on few levels, which a test may damage."""
    return one_model(tmp_path / "results" / "small")
