from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runbench.data.test_images import lay_out
from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.selftest.checks import DATASET
from runbench.selftest.known_answers import CASES
from runbench.selftest.measuring import IMAGES
from runbench.selftest.subjects import LEVELS, NETWORKS, suite_of


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.network}-{one.suite}")
def test_a_known_answer_is_of_a_metric_where_it_has_numbers(case):
    assert case.network in NETWORKS
    levels = LEVELS[case.suite]
    for answer in case.answers:
        described = {**prediction_metrics(), **feature_metrics()}[answer.what]
        assert bool(answer.levels) == (described.over == "level"), answer.what
        assert set(answer.levels) <= set(levels)
        assert answer.why


def test_no_two_cases_are_of_one_network_on_one_suite():
    pairs = [(case.network, case.suite) for case in CASES]
    assert len(set(pairs)) == len(pairs)
    assert {network for network, _ in pairs} == set(NETWORKS)


@pytest.fixture(scope="module")
def labels():
    """Return the labels that a suite seeks in the images of the selftest."""
    from runbench.data.loading import load_dataset

    whole = load_dataset(DATASET, Path()).test
    return lambda suite: lay_out(suite_of(suite), DATASET.name, whole, IMAGES).labels


@pytest.mark.parametrize(
    ("suite", "what", "share"),
    [
        ("rotation", "accuracy", lambda labels: (labels == 3).mean()),
        ("overlap", "accuracy", lambda labels: np.all(labels == [3, 5], axis=1).mean()),
        ("overlap", "digit_recall", lambda labels: np.isin(labels, [3, 5]).mean()),
    ],
)
def test_a_constant_answer_is_worth_its_classes_shares(labels, suite, what, share):
    (case,) = (one for one in CASES if (one.network, one.suite) == ("constant", suite))
    (answer,) = (one for one in case.answers if one.what == what)
    must: Any = answer.must
    assert must.value == pytest.approx(share(labels(suite)))
