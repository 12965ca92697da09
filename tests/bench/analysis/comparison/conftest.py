"""Two runs on the same images and their comparison, made once."""

import pytest

from fixtures.comparison_runs import MODELS, answers, store
from fixtures.suites import BREAK, STREWN, TURN
from runbench.analysis.comparison.compare import compare
from runbench.store.run import read_run


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Two runs of two models that answer the same images, each network otherwise."""
    folder = tmp_path_factory.mktemp("results")
    first = [answers(suite, model, images=80) for suite in (TURN, BREAK, STREWN) for model in MODELS]
    second = [answers(suite, model, network=7, images=80) for suite in (TURN, BREAK, STREWN) for model in MODELS]
    # one model of one suite is much worse in B
    spoilt = second[1]
    worse = (spoilt["sample"] % 2 == 0) & spoilt["correct"]
    second[1] = spoilt.assign(correct=spoilt["correct"] & ~worse)
    return store(folder / "first", first), store(folder / "second", second)


@pytest.fixture(scope="session")
def compared(runs):
    return compare(*map(read_run, runs))
