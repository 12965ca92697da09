"""The examples worked out by hand, worked out once more by scipy or by counting."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, mannwhitneyu

from runbench.selftest.worked_examples import EXAMPLES


def wilson(end):
    return getattr(binomtest(8, 10).proportion_ci(0.95, method="wilson"), end)


def kappa():
    """Return the agreement beyond chance of all pairs of raters' answers."""
    yes_yes, yes_no, no_yes, no_no = np.array([20, 5, 10, 15]) / 50
    first, second = yes_yes + yes_no, yes_yes + no_yes
    chance = first * second + (1 - first) * (1 - second)
    return (yes_yes + no_no - chance) / (1 - chance)


def mcnemar(first, second):
    """Return the share of all throws of a coin that are as uneven as these, or more."""
    count = first + second
    uneven = [abs(2 * sum(throws) - count) >= abs(first - second) for throws in product((0, 1), repeat=count)]
    return float(np.mean(uneven))


EXPECTED = {
    "Wilson interval of 8 of 10, low": wilson("low"),
    "Wilson interval of 8 of 10, high": wilson("high"),
    "exact McNemar of 1 against 9": mcnemar(1, 9),
    "exact McNemar of 5 against 5": mcnemar(5, 5),
    "Holm's third of 0.01, 0.04 and 0.03": max(3 * 0.01, 2 * 0.03),
    "Holm's second of 0.01, 0.04 and 0.03": max(3 * 0.01, 2 * 0.03, 0.04),
    "area of a triangle on the first of 0, 1 and 4": np.trapezoid([1.0, 0.0, 0.0], [0.0, 1.0, 4.0]) / 4,
    "kappa of 20, 5, 10 and 15 answers": kappa(),
    "AUROC of 3, 2, 2 against 2, 1, 3": mannwhitneyu([3, 2, 2], [2, 1, 3]).statistic / 9,
    "calibration error of two bins": 0.5 * abs(0.5 - 0.9) + 0.5 * abs(1 - 0.6),
    "bootstrap error of one half of 400": np.sqrt(0.5 * 0.5 / 400),
    "distance of two certainties": jensenshannon([1, 0], [0, 1], base=2),
    "distance of a certainty from a coin": jensenshannon([1, 0], [0.5, 0.5], base=2),
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.what)
def test_an_example_is_what_it_must_be_and_what_it_is_found_to_be_another_way(example):
    assert example.must.value == pytest.approx(EXPECTED[example.what], abs=1e-5)
    assert example.must.holds([example.compute()])
