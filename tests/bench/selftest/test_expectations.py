from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runbench.evaluation.sweep import lay_out
from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.selftest.answers import DATASET
from runbench.selftest.expectations import EXAMINATIONS
from runbench.selftest.measuring import IMAGES
from runbench.selftest.subjects import LEVELS, NETWORKS, suite_of
from runbench.suites import SUITES


@pytest.mark.parametrize("examination", EXAMINATIONS, ids=lambda one: f"{one.network}-{one.suite}")
def test_what_is_expected_is_the_name_of_a_score_or_measure_where_it_has_numbers(examination):
    assert examination.network in NETWORKS
    levels = LEVELS[examination.suite]
    for expectation in examination.expectations:
        described = {**prediction_metrics(), **feature_metrics()}[expectation.what]
        assert bool(expectation.levels) == (described.over == "level"), expectation.what
        assert set(expectation.levels) <= set(levels)
        assert expectation.why


def test_no_two_examinations_are_of_one_network_on_one_suite():
    pairs = [(examination.network, examination.suite) for examination in EXAMINATIONS]
    assert len(set(pairs)) == len(pairs)
    assert {network for network, _ in pairs} == set(NETWORKS)


def test_the_levels_contain_the_identity_and_make_sense_to_the_suite():
    for name, levels in LEVELS.items():
        suite = SUITES[name]
        assert suite.identity in levels
        assert list(levels) == sorted(levels)
        assert all(suite.domain[0] <= level <= suite.domain[1] for level in levels)


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
    (examination,) = (one for one in EXAMINATIONS if (one.network, one.suite) == ("constant", suite))
    (expectation,) = (one for one in examination.expectations if one.what == what)
    must: Any = expectation.must
    assert must.value == pytest.approx(share(labels(suite)))
