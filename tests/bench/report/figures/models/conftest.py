"""A run of one training seed and its page, made once."""

import pandas as pd
import pytest

from fixtures.cells import model_rows, scored
from fixtures.runs import write_run
from fixtures.suites import STREWN, TURN
from runbench.analysis.paired import compare_models
from runbench.report.page import compose
from runbench.store import files
from runbench.store.run import read_run

KNOWN = {suite.name: suite for suite in (TURN, STREWN)}
SHOWN = ("baseline", "augmented", "stn-clean")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """A run of one training seed with its pairs of models."""
    folder = tmp_path_factory.mktemp("once") / "run"
    write_run(folder, SHOWN, tuple(KNOWN.values()), images=40)
    rows = [model_rows(suite, model, images=40) for suite in KNOWN.values() for model in SHOWN]
    files.write_csv(folder / "comparisons.csv", compare_models(scored(pd.concat(rows, ignore_index=True), KNOWN)))
    return folder


@pytest.fixture(scope="session")
def page(once):
    return compose(read_run(once))


@pytest.fixture(scope="session")
def section(page):
    return page.sections[0]
