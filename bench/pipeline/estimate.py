"""About how long a plan takes: one batch of each network, timed now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import torch

from runbench.environment import use
from runbench.evaluation.features.feature_metric import IMAGES
from runbench.models.base import has_to_learn
from runbench.pipeline.plan import Plan, PlannedCell, built

REPETITIONS = 3

MEASURING = 2
"""How many forward passes of an image the measures of its features take, at each level."""


@final
@dataclass(frozen=True)
class Estimate:
    """What a cell still needs, and about how many seconds that takes."""

    address: str
    seconds: float
    remark: str


def estimate(plan: Plan) -> Iterator[Estimate]:
    """Yield an estimate for every cell; a training that several cells share is counted with the first."""
    use(plan.device, plan.configuration.threads)
    trained: set[str] = set()
    timed: dict[tuple[str, int], tuple[float, float]] = {}
    for planned in plan.cells:
        key, model = planned.checkpoint.key, planned.cell.model
        if planned.stored:
            yield Estimate(planned.cell.address, 0.0, "stored already")
            continue
        network = (model.network, planned.cell.suite.canvas)
        if network not in timed:
            try:
                timed[network] = _time_batches(plan, planned)
            except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
                yield Estimate(planned.cell.address, 0.0, f"cannot be built: {type(error).__name__}: {error}")
                continue
        step, forward = timed[network]
        images = len(plan.dataset.test.first(plan.test_count))
        sweep = forward * len(planned.cell.suite.levels) * (images + MEASURING * min(images, IMAGES))
        if model.name in plan.configuration.weights:
            yield Estimate(planned.cell.address, sweep, "measure the given weights")
        elif key in trained or planned.checkpoint.read() is not None:
            yield Estimate(planned.cell.address, sweep, "trained already; measure")
        else:
            progress = planned.checkpoint.read_progress() or {"epoch": 0}
            epochs = model.recipe(plan.configuration.preset).epochs - int(progress["epoch"])
            training = step * epochs * len(plan.dataset.train)
            trained.add(key)
            yield Estimate(planned.cell.address, training + sweep, f"train {epochs} epochs; measure")


def _time_batches(plan: Plan, planned: PlannedCell) -> tuple[float, float]:
    """Return the seconds that one image takes in training and in evaluation."""
    cell, configuration, canvas = planned.cell, plan.configuration, planned.cell.suite.canvas
    classifier = built(configuration, plan.dataset, cell).to(plan.device)
    size, channels = cell.model.recipe(configuration.preset).batch_size, plan.dataset.train.images.shape[1]
    count = max(size, configuration.batch_size)
    images = classifier.arrange(torch.rand(count, channels, canvas, canvas, device=plan.device))
    labels = torch.arange(size, device=plan.device) % len(plan.dataset.spec.classes)
    trains = has_to_learn(classifier)
    step = _seconds(lambda: classifier.loss(images[:size], labels).backward()) if trains else 0.0
    with torch.no_grad():
        forward = _seconds(lambda: classifier(images))
    return step / size, forward / len(images)


def _seconds(work: Callable[[], object]) -> float:
    work()
    begun = time.perf_counter()
    for _ in range(REPETITIONS):
        work()
    return (time.perf_counter() - begun) / REPETITIONS
