"""Run one cell: its model trained or loaded, its sweep, and the files that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd

from runbench.data.test_images import TestImages, sample_images
from runbench.data.training_images import TrainingImages
from runbench.evaluation.evaluation import evaluate_cell
from runbench.evaluation.introspection import views_by_epoch
from runbench.experiment import Cell
from runbench.models.base import Classifier, has_to_learn
from runbench.pipeline.plan import Plan, PlannedCell, built
from runbench.progress import Progress
from runbench.store import contents, schemas, sums
from runbench.store.sums import Sums
from runbench.training.checkpoints import load_weights
from runbench.training.train import first_images, leave_untrained, train


def run_cell(
    plan: Plan, planned: PlannedCell, images: TestImages, progress: Progress, note: Callable[[Sums], None]
) -> dict[str, Any]:
    """Train or load the cell's model, evaluate it and store what it says; return the cell's state.

    `note` is told the sums of files that cells share as soon as they are written. Raises DivergedError where
    training does, and whatever a plug-in raises.
    """
    cell, configuration = planned.cell, plan.configuration
    classifier, remark, training = _trained_model(plan, planned, progress)
    if training:
        note(write_history(plan, cell, training["history"]))
    evaluation = evaluate_cell(
        cell, classifier, plan.dataset.spec, images, configuration.batch_size, plan.device, progress
    )
    watched = first_images(_seen_in(plan, planned, "validation"), plan.device)
    checksums = contents.put_cell(
        configuration.folder,
        cell.address,
        evaluation.columns,
        evaluation.rows,
        {**evaluation.introspection, **views_by_epoch(training.get("views", []), watched)},
    )
    return {
        "state": "done",
        "reason": "; ".join([remark, *evaluation.problems]),
        "probabilities": cell.suite.task.reading(classifier),
        "files": checksums,
        "training_seconds": round(training.get("seconds", 0.0), 2),
    }


def _trained_model(plan: Plan, planned: PlannedCell, progress: Progress) -> tuple[Classifier, str, dict[str, Any]]:
    """Return the cell's model with its weights, given, stored or trained now, a remark, and how training went."""
    cell, configuration = planned.cell, plan.configuration
    classifier = built(configuration, plan.dataset, cell).to(plan.device)
    given = configuration.weights.get(cell.model.name)
    if given is not None:
        load_weights(classifier, given)
        return classifier, f"weights of {given.name}", {}
    description = planned.checkpoint.read()
    if description is not None:
        remark = "trained before"
    else:
        damaged = list(planned.checkpoint.folder.glob(f"{planned.checkpoint.key}.*.corrupt"))
        remark = "a damaged checkpoint was set aside and trained again" if damaged else "trained now"
        remark = remark if has_to_learn(classifier) else "nothing to train"
        description = _train(plan, planned, classifier, progress)
    load_weights(classifier, planned.checkpoint.weights)
    *_, accuracy = (row["value"] for row in description["history"] if row["metric"] == "validation accuracy")
    return classifier, f"{remark}, validation accuracy {accuracy:.2%}", description


def _train(plan: Plan, planned: PlannedCell, classifier: Classifier, progress: Progress) -> dict[str, Any]:
    cell, configuration = planned.cell, plan.configuration
    validation = _seen_in(plan, planned, "validation")
    if has_to_learn(classifier):
        went = train(
            classifier,
            cell.model.recipe(configuration.preset),
            _seen_in(plan, planned, "training"),
            validation,
            configuration.precision,
            planned.checkpoint,
            progress,
            title=f"{cell.address}: training",
        )
    else:
        went = leave_untrained(classifier, validation, plan.device)
    return planned.checkpoint.write(classifier.eval().state_dict(), {**went, "identity": planned.training})


def _seen_in(plan: Plan, planned: PlannedCell, purpose: Literal["training", "validation"]) -> TrainingImages:
    """Return the images that the cell's model sees in training, or in the validations of it."""
    cell, dataset = planned.cell, plan.dataset
    recipe = cell.model.recipe(plan.configuration.preset)
    return TrainingImages(
        split={"training": dataset.train, "validation": dataset.validation}[purpose],
        classes=len(dataset.spec.classes),
        dataset=dataset.spec.name,
        purpose=purpose,
        suite=cell.suite,
        regime=cell.model.regime,
        seed=cell.seed,
        batch_size=recipe.batch_size,
        shift=recipe.shift,
    )


def write_history(plan: Plan, cell: Cell, history: list[dict[str, Any]]) -> dict[str, str]:
    """Put how a cell's training went in the run's table; return the table's sum."""
    address = {"suite": cell.suite.name, "model": cell.model.name, "seed": cell.seed}
    described = address | {"architecture": cell.model.architecture, "regime": cell.model.regime}
    rows = pd.DataFrame([described | row for row in history])
    return contents.put_rows(plan.configuration.folder, "history", schemas.HISTORY, address, rows)


def write_samples(plan: Plan, images: TestImages) -> dict[str, str]:
    """Store one image of each class along the suite's axis, for the report to show; return the file's sum."""
    folder, suite = plan.configuration.folder, images.suite
    if folder.samples(suite.name).exists():
        return sums.taken(folder, [folder.samples(suite.name)])
    samples, labels = images.samples, images.labels
    arrays = {
        "images": sample_images(images, samples),
        "levels": np.asarray(suite.levels),
        "sample": samples,
        "labels": labels[samples] if suite.task.sought > 1 else labels[samples, 0],
    }
    return contents.put_samples(folder, suite.name, arrays)
