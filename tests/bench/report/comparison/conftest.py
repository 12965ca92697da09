"""Two runs, compared once."""

import pytest

from fixtures.comparison_runs import answers, measured, store
from fixtures.suites import STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.store.run import read_run

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"


@pytest.fixture(scope="session")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    cells = [answers(suite, model) for suite in (TURN, STREWN) for model in ("baseline", "stn")]
    others = [answers(suite, model, network=8) for suite in (TURN, STREWN) for model in ("baseline", "stn")]
    first = store(folder / "first", cells)
    second = store(folder / "second", others, git_commit=HOSTILE)
    for run, value in ((first, 0.25), (second, 0.5)):
        measured(run, [{"layer": "features.0 (convolution)", "metric": "dead_units", "value": value}])
    return compare(read_run(first), read_run(second))
