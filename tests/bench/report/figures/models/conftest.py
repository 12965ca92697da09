"""A run of one training seed and its page, made once."""

import pytest

from fixtures.runs import unguarded, write_run
from fixtures.suites import STREWN, TURN
from runbench.report.page import compose
from runbench.store.run import read_run

KNOWN = {suite.name: suite for suite in (TURN, STREWN)}
SHOWN = ("baseline", "augmented", "stn-clean")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """A run of one training seed with its pairs of models."""
    folder = tmp_path_factory.mktemp("once") / "run"
    return unguarded(write_run(folder, SHOWN, tuple(KNOWN.values()), images=40))


@pytest.fixture(scope="session")
def page(once):
    return compose(read_run(once))


@pytest.fixture(scope="session")
def section(page):
    return page.sections[0]
