"""About how long a plan takes: one batch of each network, timed now."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import torch

from runbench.environment import use
from runbench.evaluation.features.feature_metric import IMAGES
from runbench.pipeline.plan import Plan, PlannedCell, test_count
from runbench.pipeline.presets import PRESET_SIZES
from runbench.training.train import build_model

REPETITIONS = 3

MEASURING = 2
"""How many forward passes of an image the measures of its features take, at each level."""


@final
@dataclass(frozen=True)
class Estimate:
    """What a cell still needs, and about how many seconds each part takes."""

    address: str
    training: float
    sweep: float
    remark: str


def estimate(plan: Plan) -> Iterator[Estimate]:
    """Yield an estimate for every cell; a training that several cells share is counted with the first."""
    use(plan.device, plan.configuration.threads)
    trained: set[str] = set()
    timed: dict[tuple[str, int], tuple[float, float]] = {}
    for planned in plan.cells:
        key, model = planned.checkpoint.key, planned.cell.model
        if planned.stored:
            yield Estimate(planned.cell.address, 0.0, 0.0, "stored already")
            continue
        network = (model.network, planned.cell.suite.canvas)
        if network not in timed:
            try:
                timed[network] = _time_batches(plan, planned)
            except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
                yield Estimate(planned.cell.address, 0.0, 0.0, f"cannot be built: {type(error).__name__}: {error}")
                continue
        step, forward = timed[network]
        images = len(plan.dataset.test.first(test_count(plan)))
        sweep = forward * len(planned.cell.suite.levels) * (images + MEASURING * min(images, IMAGES))
        if model.name in plan.configuration.weights:
            yield Estimate(planned.cell.address, 0.0, sweep, "measure the given weights")
        elif key in trained or planned.checkpoint.read() is not None:
            yield Estimate(planned.cell.address, 0.0, sweep, "trained already; measure")
        else:
            recipe = model.recipe(plan.configuration.preset)
            progress = planned.checkpoint.read_progress() or {"epoch": 0}
            epochs = recipe.epochs - int(progress["epoch"])
            images = len(plan.dataset.train.first(PRESET_SIZES[plan.configuration.preset].train))
            trained.add(key)
            yield Estimate(planned.cell.address, step * epochs * images, sweep, f"train {epochs} epochs; measure")


def _time_batches(plan: Plan, planned: PlannedCell) -> tuple[float, float]:
    """Return the seconds that one image takes in training and in evaluation."""
    configuration, model, canvas = plan.configuration, planned.cell.model, planned.cell.suite.canvas
    channels, classes = plan.dataset.train.images.shape[1], len(plan.dataset.spec.classes)
    classifier = build_model(model, channels, classes, canvas, configuration.preset, planned.cell.seed)
    classifier = classifier.to(plan.device)
    size = model.recipe(configuration.preset).batch_size
    images = torch.rand(max(size, configuration.batch_size), channels, canvas, canvas, device=plan.device)
    labels = torch.arange(size, device=plan.device) % classes
    step = _seconds(lambda: classifier.loss(images[:size], labels).backward())
    with torch.inference_mode():
        forward = _seconds(lambda: classifier(images))
    return step / size, forward / len(images)


def _seconds(work: Callable[[], object]) -> float:
    work()
    begun = time.perf_counter()
    for _ in range(REPETITIONS):
        work()
    return (time.perf_counter() - begun) / REPETITIONS
