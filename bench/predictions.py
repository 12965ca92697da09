"""What a sweep's probabilities say: the columns of the table of predictions. No torch."""

import numpy as np

from bench.configuration import Cell
from bench.datasets import DatasetSpec
from bench.records import PredictionColumns


def predicted_classes(probabilities: np.ndarray) -> np.ndarray:
    """Return the most probable class of probabilities (..., K); -1, which is no class, where one is not finite."""
    finite = np.isfinite(probabilities).all(axis=-1)
    predicted: np.ndarray = np.where(finite, probabilities.argmax(axis=-1), -1)
    return predicted


def prediction_columns(
    cell: Cell, dataset: DatasetSpec, labels: np.ndarray, probabilities: np.ndarray
) -> PredictionColumns:
    """Return a row per sample and level, of labels (n,) and probabilities (n, L, K).

    Where a probability is not finite the prediction is wrong, and counted apart.
    """
    suite, model = cell.suite, cell.model
    count, depth, classes = probabilities.shape
    flat = probabilities.reshape(-1, classes)
    finite = np.isfinite(flat).all(axis=1)
    known = np.where(finite[:, None], flat, 0.0).astype(np.float32)
    predicted = predicted_classes(flat)
    label = np.repeat(labels, depth)
    level = np.tile(np.asarray(suite.levels), count)
    ambiguous = np.array([np.isin(labels, dataset.ambiguous_labels(suite.transform, at)) for at in suite.levels])
    low, high = suite.trained_range(model.regime)
    return {
        "suite": suite.name,
        "kind": suite.kind,
        "model": model.name,
        "architecture": model.architecture,
        "regime": model.regime,
        "seed": cell.seed,
        "level": level,
        "sample": np.repeat(np.arange(count), depth),
        "label": label,
        "label_2": None,
        "predicted": predicted,
        "predicted_2": None,
        "probabilities": known,
        "confidence": known.max(axis=1),
        "correct": predicted == label,
        "finite": finite,
        "ambiguous": ambiguous.T.reshape(-1),
        "in_range": (level >= low) & (level <= high),
    }
