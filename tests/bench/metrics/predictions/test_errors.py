import numpy as np
import pytest

from fixtures.random_tables import NAN, mean, same, selection_of, tables
from runbench.metrics.predictions.errors import METRICS, NEAR_ZERO, over_reference

COMPUTE = {metric.name: metric.compute for metric in METRICS}


def around(value, width, count=1001):
    """A value with resamples that spread evenly around it."""
    return np.concatenate([[value], np.linspace(value - width, value + width, count - 1)])


@tables
def test_the_mean_error_counts_each_level_once(table):
    expected = []
    for w in table.weights:
        errors = [mean([not table.correct[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
        expected.append(mean([error for error in errors if not np.isnan(error)]))
    same(COMPUTE["mean_error"](selection_of(table)).values, expected)


def test_errors_are_divided_resample_by_resample():
    own, reference = around(0.2, 0.05), around(0.4, 0.1)
    expected = [mine / other for mine, other in zip(own, reference, strict=True)]
    assert over_reference(own, reference).tolist() == pytest.approx(expected)


def test_resamples_near_zero_are_held_there():
    reference = np.array([0.4, 0.0, NEAR_ZERO / 2, *[0.4] * 500])
    ratios = over_reference(np.full(503, 0.1), reference)
    assert ratios[:4].tolist() == pytest.approx([0.25, 0.1 / NEAR_ZERO, 0.1 / NEAR_ZERO, 0.25])


@pytest.mark.parametrize(
    ("reference", "divides"),
    [
        (around(0.1, 0.05), True),
        (around(0.1, 0.2), False),
        (around(NEAR_ZERO, 0), False),
        (around(1.01 * NEAR_ZERO, 0), True),
        (np.full(1001, NAN), False),
    ],
    ids=["surely above", "perhaps nothing", "just nothing", "just above", "unknown"],
)
def test_only_errors_that_are_surely_there_divide_others(reference, divides):
    assert (over_reference(np.full(1001, 0.3), reference) is not None) == divides


def test_what_is_relative_to_another_model_is_not_computed_of_one():
    assert {name for name, compute in COMPUTE.items() if compute is None} == {
        "relative_error",
        "relative_excess_error",
    }
