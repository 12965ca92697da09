"""One cell's rows as arrays: images down, levels across."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt

from runbench.metrics.predictions.label_sets import label_recall
from runbench.metrics.predictions.weighted import BoolArray, Float32Array, Float64Array, IntArray
from runbench.tasks import TASKS, Task

if TYPE_CHECKING:
    import pandas as pd


@final
@dataclass(frozen=True)
class CellPredictions:
    """What one model answered to n images at L ascending levels.

    `images` are their numbers, (n,); `levels` and `in_range`, whether training covered the level, are (L,);
    `present`, whether a class is in the image, is (n, K), `probabilities` (n, L, K); all else is (n, L).
    `predicted` numbers the distinct answers from 0 and is -1 where the scores were not finite; `confidence` is 0
    there, and every class as probable as any other. `recall` is the share of an image's labels that are among its
    predicted ones: 0 or 1, for label sets also 0.5. `attained` is the level that the image really has, NaN where
    it is the level asked for.
    """

    task: Task
    images: IntArray
    levels: Float64Array
    present: BoolArray
    probabilities: Float32Array
    predicted: IntArray
    confidence: Float64Array
    correct: BoolArray
    recall: Float64Array
    attained: Float64Array
    finite: BoolArray
    ambiguous: BoolArray
    in_range: BoolArray

    def level_index(self, level: float) -> int | None:
        """Return where `level` is among the levels; None if it is not."""
        (found,) = np.nonzero(np.isclose(self.levels, level))
        return int(found[0]) if found.size else None


def cell_predictions(rows: pd.DataFrame) -> CellPredictions:
    """Arrange one cell's prediction rows, in any order, as arrays.

    Raises ValueError where an image lacks a level or has one twice.
    """
    levels, level_index = np.unique(rows["level"].to_numpy(np.float64), return_inverse=True)
    samples, sample_index = np.unique(rows["sample"].to_numpy(np.int64), return_inverse=True)
    shape = (len(samples), len(levels))
    place = sample_index * len(levels) + level_index
    if not np.array_equal(np.bincount(place), np.ones(shape[0] * shape[1])):
        raise ValueError(
            f"a cell needs each of its {shape[0]} images at each of its {shape[1]} levels once; "
            f"its table has {len(rows)} rows"
        )
    order = np.argsort(place)

    def grid(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values[order].reshape(*shape, *values.shape[1:])

    finite = grid(rows["finite"].to_numpy(bool))
    probabilities = grid(_probabilities(rows))
    labels = _both(rows, "label")
    present = grid(_among(labels, probabilities.shape[2]))[:, 0]
    unknown = present.mean(axis=1, dtype=np.float32)[:, np.newaxis, np.newaxis]
    return CellPredictions(
        task=TASKS[str(rows["task"].iloc[0])],
        images=samples,
        levels=levels,
        present=present,
        probabilities=np.where(finite[:, :, np.newaxis], probabilities, unknown),
        predicted=np.where(finite, grid(_answers(rows)), -1),
        confidence=np.where(finite, grid(rows["confidence"].to_numpy(np.float64)), 0.0),
        correct=grid(rows["correct"].to_numpy(bool)) & finite,
        recall=np.where(finite, grid(label_recall(labels, _both(rows, "predicted"))), 0.0),
        attained=grid(rows["attained"].to_numpy(np.float64, na_value=np.nan)),
        finite=finite,
        ambiguous=grid(rows["ambiguous"].to_numpy(bool)),
        in_range=np.asarray(grid(rows["in_range"].to_numpy(bool)).all(axis=0)),
    )


def _answers(rows: pd.DataFrame) -> IntArray:
    """Number the distinct answers: classes, or sets of classes."""
    first, second = np.nan_to_num(_both(rows, "predicted"), nan=-1).T
    _, codes = np.unique(first * 1e6 + second, return_inverse=True)
    return codes.astype(np.int64)


def _probabilities(rows: pd.DataFrame) -> Float32Array:
    """Return the probabilities of all classes, (rows, K)."""
    flat = np.concatenate(rows["probabilities"].to_list(), dtype=np.float32)
    return flat.reshape(len(rows), -1)


def _among(labels: Float64Array, classes: int) -> BoolArray:
    """Return which of the classes are among each row's labels, (rows, classes)."""
    return np.asarray((labels[:, :, np.newaxis] == np.arange(classes)).any(axis=1))


def _both(rows: pd.DataFrame, column: str) -> Float64Array:
    """Return the first and second class of each row, (rows, 2); NaN where there is none."""
    columns = (rows[name].to_numpy(np.float64, na_value=np.nan) for name in (column, f"{column}_2"))
    return np.stack(list(columns), axis=1)
