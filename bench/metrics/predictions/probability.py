"""How far probabilities are from the truth: rules that are best met by the true probabilities."""

from __future__ import annotations

import numpy as np

from runbench.metrics.metric import Column, Metric
from runbench.metrics.predictions.weighted import Present, Probabilities, Values
from runbench.tasks import Task

FLOOR = 1e-7
"""The least probability that a logarithm is taken of: single precision holds none nearer to 1 than 6e-8."""


def brier_scores(probabilities: Probabilities, present: Present) -> Values:
    """Return the squared distance between the probabilities and the truth, (n, L), from 0 to the number K.

    probabilities (n, L, K), present (n, K). A sum over classes, so that a single object's is at most 2; for label
    sets, the sum of the scores of K independent presences. Brier 1950, Mon. Weather Rev. 78, eq. 2.
    """
    differences = probabilities.astype(np.float64) - present[:, np.newaxis, :]
    return np.asarray(np.einsum("nlk,nlk->nl", differences, differences))


def log_losses(probabilities: Probabilities, present: Present, task: Task) -> Values:
    """Return minus the logarithm of the probability of the truth, (n, L), in nats.

    probabilities (n, L, K), present (n, K): a sum over the questions that the task asks, taken as independent.
    Below FLOOR, each logarithm is FLOOR's.
    """
    of_outcomes = np.stack(task.outcomes(probabilities.astype(np.float64)), axis=-1)
    true = np.stack(task.outcomes(present[:, np.newaxis]), axis=-1) > 0
    of_truth = np.where(true, of_outcomes, 0.0).sum(axis=-1)
    return np.asarray(-np.log(np.maximum(of_truth, FLOOR)).sum(axis=-1))


METRICS: tuple[Metric, ...] = (
    Metric(
        name="brier_score",
        title="Brier score",
        over="level",
        better="lower",
        definition="Sum over classes of the squared distance between probability and truth, mean over images at "
        "one level: 0 at best, for single objects 2 at worst. For label sets each class is a presence of its own. "
        "Non-finite scores count as equal probabilities for all classes.",
        source="Brier 1950",
        compute=lambda selection: selection.mean(
            brier_scores(selection.answers.probabilities, selection.answers.present)
        ),
        averaged=True,
        columns=(Column(190, "Brier score"),),
    ),
    Metric(
        name="negative_log_likelihood",
        title="negative log-likelihood",
        over="level",
        better="lower",
        definition="Minus the natural logarithm of the probability of the true class, mean over images at one "
        "level; for label sets, where each class is a presence of its own, of the probability of all that is and "
        "is not there. Probabilities below 1e-7 count as 1e-7, non-finite scores as equal probabilities for all "
        "classes.",
        source="Guo et al. 2017",
        compute=lambda selection: selection.mean(
            log_losses(selection.answers.probabilities, selection.answers.present, selection.answers.task)
        ),
        averaged=True,
    ),
)
