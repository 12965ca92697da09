"""What a sweep's probabilities say: the columns of the table of predictions. No torch."""

import numpy as np
from jaxtyping import Float, Integer

from runbench.data.catalogue import DatasetSpec
from runbench.experiment import Cell
from runbench.store.tables import PredictionColumns

NOWHERE = (np.inf, -np.inf)
"""A range that holds no level."""


def predicted_classes(
    probabilities: Float[np.ndarray, "*answers classes"], sought: int
) -> Integer[np.ndarray, "*answers sought"]:
    """Return the `sought` most probable classes (..., sought) of probabilities (..., K), in rising order.

    Of classes equally probable the first; -1, which is no class, where a probability is not finite.
    """
    finite = np.isfinite(probabilities).all(axis=-1, keepdims=True)
    likeliest = np.argsort(-probabilities, axis=-1, kind="stable")[..., :sought]
    predicted: np.ndarray = np.where(finite, np.sort(likeliest, axis=-1), -1)
    return predicted


def confidence_of(
    probabilities: Float[np.ndarray, "*answers classes"], sought: int
) -> Float[np.ndarray, "*answers"]:
    """Return how sure a prediction of `sought` classes is (...,): the least of their probabilities (..., K)."""
    least: np.ndarray = -np.sort(-probabilities, axis=-1)[..., sought - 1]
    return least


def prediction_columns(
    cell: Cell,
    dataset: DatasetSpec,
    labels: Integer[np.ndarray, "images sought"],
    probabilities: Float[np.ndarray, "images levels classes"],
    attained: Float[np.ndarray, "images levels"] | None,
) -> PredictionColumns:
    """Return a row per sample and level, of labels (n, 1), or (n, 2) of label sets, and probabilities (n, L, K).

    `attained` (n, L) holds the levels attained, None where all are met exactly. An answer is correct where it
    names all that is to be found; where a probability is not finite it is wrong, and counted apart.
    """
    suite, model = cell.suite, cell.model
    count, depth, classes = probabilities.shape
    flat = probabilities.reshape(-1, classes)
    finite = np.isfinite(flat).all(axis=1)
    known = np.where(finite[:, None], flat, 0.0).astype(np.float32)
    predicted = predicted_classes(flat, suite.task.sought)
    label = np.repeat(labels, depth, axis=0)
    level = np.tile(np.asarray(suite.levels), count)
    ambiguous = np.array(
        [np.isin(labels, dataset.ambiguous_labels(suite.transform, at)).any(axis=1) for at in suite.levels]
    )
    low, high = suite.trained_range(model.regime) or NOWHERE
    return {
        "suite": suite.name,
        "task": suite.task.name,
        "model": model.name,
        "architecture": model.architecture,
        "regime": model.regime,
        "seed": cell.seed,
        "level": level,
        "attained": None if attained is None else attained.reshape(-1),
        "sample": np.repeat(np.arange(count), depth),
        "label": label[:, 0],
        "label_2": label[:, 1] if suite.task.sought > 1 else None,
        "predicted": predicted[:, 0],
        "predicted_2": predicted[:, 1] if suite.task.sought > 1 else None,
        "probabilities": known,
        "confidence": confidence_of(known, suite.task.sought),
        "correct": (predicted == label).all(axis=1),
        "finite": finite,
        "ambiguous": ambiguous.T.reshape(-1),
        "in_range": (level >= low) & (level <= high),
    }
