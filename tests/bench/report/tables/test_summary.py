from pathlib import Path

import pytest

from fixtures.synthetic import BREAK, COVER, STREWN, write_run
from runbench import plots
from runbench.report.page import RunReport, compose
from runbench.store import files
from runbench.store.run import read_run


def composed(folder: Path) -> RunReport:
    """What the report says and draws, before anything is written."""
    with plots.figure_style():
        return compose(read_run(folder))


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A run of three kinds of suite: parts and pairs along an axis, and a set of pairs."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    return write_run(folder, models=("baseline", "stn"), suites=(BREAK, COVER, STREWN), images=60)


def test_an_auroc_is_not_written_in_percent(kinds):
    section = composed(kinds).sections[0]
    column = section.summary.heading.index("intact or not: AUROC")
    stored = files.read_csv(kinds / "summary.csv").set_index("suite").loc["break"]
    assert [float(row[column].text) for row in section.summary.rows] == pytest.approx(
        stored["mean_intact_auroc"].tolist(), abs=5e-4
    )
