"""What the statistics must give: a literal table of small examples, worked out by hand or known from books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
import torch

from runbench import statistics
from runbench.metrics.features import invariance
from runbench.metrics.predictions import accuracy, calibration, consistency, intact
from runbench.selftest.conditions import Condition, Near


@final
@dataclass(frozen=True)
class WorkedExample:
    """What `compute`, which calls a function of the product, must give, and why."""

    what: str
    compute: Callable[[], float]
    must: Condition
    why: str


def _area(accuracies: list[float], levels: list[float]) -> float:
    return float(accuracy.area_under_curve(np.array([accuracies]), np.array(levels))[0])


def _kappa(both: int, first: int, second: int, neither: int) -> float:
    """Return the kappa of two raters who say yes together, one alone, or not at all so often."""
    pairs = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0)
    everywhere = np.ones(pairs.shape, dtype=bool)
    weights = np.ones((1, len(pairs)), dtype=np.float32)
    return float(consistency.kappa(pairs.astype(np.int64), 0, everywhere, weights)[0, 1])


def _auroc(intact_ones: list[float], changed: list[float]) -> float:
    confidence = np.array([intact_ones, changed]).T
    weights = np.ones((1, len(confidence)), dtype=np.float32)
    return float(intact.intact_auroc(confidence, 0, np.ones(confidence.shape, dtype=bool), weights)[0, 1])


def _calibration_error(correct: list[int], confidence: list[float]) -> float:
    right, sure = np.array(correct, dtype=bool)[:, None], np.array(confidence)[:, None]
    gaps = calibration.bin_gaps(calibration.equal_width_bins(sure), right - sure, np.ones_like(right))
    return float(calibration.calibration_error(gaps.sum(axis=0), np.array([float(len(right))]))[0])


def _bootstrap_error(count: int) -> float:
    """Return the bootstrap's standard error of a share of one half."""
    halves = np.arange(count) % 2
    shares = statistics.bootstrap_weights(count)[1:] @ halves / count
    return float(shares.std())


def _distance(first: list[float], second: list[float]) -> float:
    return float(invariance.jensen_shannon_distance(torch.tensor([first]), torch.tensor([second]))[0])


EXAMPLES: tuple[WorkedExample, ...] = (
    WorkedExample(
        "Wilson interval of 8 of 10, low",
        lambda: float(statistics.wilson_interval(8, 10)[0]),
        Near(0.49016, 1e-5),
        "root of the score equation with z = 1.96",
    ),
    WorkedExample(
        "Wilson interval of 8 of 10, high",
        lambda: float(statistics.wilson_interval(8, 10)[1]),
        Near(0.94332, 1e-5),
        "root of the score equation with z = 1.96",
    ),
    WorkedExample(
        "exact McNemar of 1 against 9",
        lambda: float(statistics.mcnemar_exact(1, 9)),
        Near(22 / 1024),
        "2 (1 + 10) of 2 ** 10 throws of a coin",
    ),
    WorkedExample(
        "exact McNemar of 5 against 5",
        lambda: float(statistics.mcnemar_exact(5, 5)),
        Near(1.0),
        "nothing speaks for either",
    ),
    WorkedExample(
        "Holm's third of 0.01, 0.04 and 0.03",
        lambda: float(statistics.holm([0.01, 0.04, 0.03])[2]),
        Near(0.06),
        "the middle one, times two",
    ),
    WorkedExample(
        "Holm's second of 0.01, 0.04 and 0.03",
        lambda: float(statistics.holm([0.01, 0.04, 0.03])[1]),
        Near(0.06),
        "not smaller than the one before it",
    ),
    WorkedExample(
        "area of a triangle on the first of 0, 1 and 4",
        lambda: _area([1.0, 0.0, 0.0], [0.0, 1.0, 4.0]),
        Near(0.125),
        "half of one unit, of four",
    ),
    WorkedExample(
        "kappa of 20, 5, 10 and 15 answers",
        lambda: _kappa(20, 5, 10, 15),
        Near(0.4),
        "0.7 agree, 0.5 would by chance",
    ),
    WorkedExample(
        "AUROC of 3, 2, 2 against 2, 1, 3",
        lambda: _auroc([3.0, 2.0, 2.0], [2.0, 1.0, 3.0]),
        Near(5.5 / 9),
        "four pairs won and three tied, of nine",
    ),
    WorkedExample(
        "calibration error of two bins",
        lambda: _calibration_error([1, 0, 1, 1], [0.9, 0.9, 0.6, 0.6]),
        Near(0.4),
        "0.5 right at 0.9, all right at 0.6: half of 0.4 and half of 0.4",
    ),
    WorkedExample(
        "bootstrap error of one half of 400",
        lambda: _bootstrap_error(400),
        Near(0.025, 0.0025),
        "0.5 over the root of 400",
    ),
    WorkedExample(
        "distance of two certainties",
        lambda: _distance([1.0, 0.0], [0.0, 1.0]),
        Near(1.0),
        "the farthest there is",
    ),
    WorkedExample(
        "distance of a certainty from a coin",
        lambda: _distance([1.0, 0.0], [0.5, 0.5]),
        Near(0.557923),
        "the root of 1.5 - 0.75 log2 3",
    ),
)
