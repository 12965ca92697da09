from pathlib import Path

import pytest

from fixtures.synthetic import BREAK, COVER, STREWN, write_run
from runbench import plots
from runbench.report.page import RunReport, compose
from runbench.store.run import read_run
from runbench.store.tables import read_metrics


def composed(folder: Path) -> RunReport:
    """What the report says and draws, before anything is written."""
    with plots.figure_style():
        return compose(read_run(folder))


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A run of three kinds of suite: parts and pairs along an axis, and a set of pairs."""
    folder = tmp_path_factory.mktemp("kinds") / "kinds"
    return write_run(folder, models=("baseline", "stn"), suites=(BREAK, COVER, STREWN), images=60)


def test_attained_overlap_is_shown_with_its_counts(kinds):
    table = composed(kinds).sections[2].figures[1].table
    metrics = read_metrics(kinds / "metrics.parquet")
    of_stn = metrics[(metrics["suite"] == "strewn") & (metrics["model"] == "stn") & metrics["level"].notna()]
    exact = table[(table["model"] == "stn") & (table["title"] == "exact match")]
    expected = of_stn[(of_stn["metric"] == "accuracy") & (of_stn["subset"] != "all")]
    assert exact["value"].tolist() == expected["value"].tolist()
    assert exact["count"].sum() == 60
    assert exact["subset"].tolist() == [name.removeprefix("attained ") for name in expected["subset"]]
