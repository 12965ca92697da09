"""One model along one suite, in memory: what it answers, what is measured inside it, what it shows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import numpy as np
import pandas as pd
import torch

from runbench.analysis.scoring import score_cell
from runbench.data.catalogue import DatasetSpec
from runbench.data.test_images import TestImages, attained_levels
from runbench.errors import in_a_line
from runbench.evaluation.features.measure import measure_features
from runbench.evaluation.features.rows import Row
from runbench.evaluation.introspection import Answered, introspect, share_collapsed
from runbench.evaluation.predictions import confidence_of, predicted_classes, prediction_columns
from runbench.evaluation.sweep import sweep
from runbench.experiment import Cell
from runbench.models.base import Classifier
from runbench.progress import Progress
from runbench.store.tables import PredictionColumns, features_table, predictions_table


@final
@dataclass(frozen=True)
class Evaluation:
    """What a model does along a suite.

    `probabilities` (n, L, K) are its answers to n images at L levels; `columns` are the same as the columns of
    `predictions`, `rows` those of `features`. `introspection` holds arrays for pictures. `problems` has a line for
    everything that could not be measured, or that makes a number doubtful.
    """

    cell: Cell
    probabilities: np.ndarray = field(repr=False)
    columns: PredictionColumns = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    introspection: Mapping[str, np.ndarray] = field(repr=False)
    problems: tuple[str, ...]

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Return a row per image and level: schemas.PREDICTIONS."""
        table: pd.DataFrame = predictions_table(self.columns).to_pandas()
        return table

    @cached_property
    def features(self) -> pd.DataFrame:
        """Return the metrics of features, a row each: schemas.FEATURES."""
        table: pd.DataFrame = features_table(self.rows).to_pandas()
        return table

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Return every metric and its bounds, at each level and over the sweep: schemas.METRICS."""
        return score_cell(self.predictions, self.cell.suite).table

    def __repr__(self) -> str:
        """Say in a line what was measured, and how often the model is right."""
        count, depth, _ = self.probabilities.shape
        right = np.asarray(self.columns["correct"]).mean()
        return (
            f"Evaluation({self.cell.address}: {count} images at {depth} levels, {right:.1%} of answers right, "
            f"{len(self.rows)} metrics of features, {len(self.problems)} problems)"
        )

    def _repr_html_(self) -> str:
        """Return the metrics over the sweep as a table, for a notebook."""
        swept = self.scores[self.scores["level"].isna() & (self.scores["subset"] == "all")]
        columns = ["metric", "value", "low", "high", "count"]
        problems = "".join(f"<p>{line}</p>" for line in self.problems)
        return f"<p>{self!r}</p>{problems}{swept[columns].to_html(index=False, float_format='{:.3f}'.format)}"


def evaluate_cell(
    cell: Cell,
    classifier: Classifier,
    dataset: DatasetSpec,
    images: TestImages,
    batch_size: int,
    device: torch.device,
    progress: Progress,
) -> Evaluation:
    """Show a model on `device` the test images at every level; write no file and change no weight.

    What cannot be measured of its inside, or drawn of it, costs these rows or pictures and is a problem, not an
    error. Raises ModelFaultError as `sweep`, and what the model raises when it is asked for scores.
    """
    title, sought, samples = f"{cell.address}: sweeping", cell.suite.task.sought, images.samples
    probabilities = sweep(classifier, images, len(dataset.classes), batch_size, device, progress, title)
    columns = prediction_columns(cell, dataset, images.labels, probabilities, attained_levels(images))
    shown = probabilities[samples]
    predicted = predicted_classes(shown, sought)
    shows, problems = introspect(classifier, Answered(images, probabilities, device))
    empty = share_collapsed(shows, (cell.suite.canvas, cell.suite.canvas))
    if empty > 0:
        problems.append(f"collapsed: {empty:.0%} of its views show next to nothing")
    try:
        rows = measure_features(
            classifier, cell.model.layers, images, device, progress, f"{cell.address}: features"
        )
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
        rows = []
        problems.append(f"no metrics of features ({in_a_line(error)})")
    return Evaluation(
        cell=cell,
        probabilities=probabilities,
        columns=columns,
        rows=tuple(cell.columns | row for row in rows),
        introspection={
            "predicted": predicted if sought > 1 else predicted[..., 0],
            "confidence": confidence_of(shown, sought),
            **shows,
        },
        problems=tuple(problems),
    )
