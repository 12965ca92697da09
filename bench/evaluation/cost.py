"""What a network costs to run: each is measured in a fresh process of its own."""

import json
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, final

import cloudpickle
import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from runbench.environment import use
from runbench.errors import in_a_line
from runbench.evaluation.memory import MEBIBYTE, METERS
from runbench.metrics.registry import METRICS
from runbench.models.base import Classifier, count_parameters, has_to_learn
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec
from runbench.plugins import load_entry_points, load_plugins
from runbench.training.train import build_model, optimiser_of

# Importing the timer makes torch look for a CUDA compiler and warn that no device goes with it
logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
from torch.utils.benchmark import Timer  # noqa: E402

NARROW = 0.05
"""A timing ends when its interquartile range is below this share of its median, or after MOST_SECONDS."""

MOST_SECONDS = 1.0


@final
@dataclass(frozen=True)
class CostRequest:
    """A network that is measured, on what input and how.

    `model` travels to the process that measures it, with whatever a notebook or script defines for it; `plugins`
    are loaded there before, as what they define is named by their modules alone.
    """

    model: ModelSpec
    plugins: tuple[str, ...]
    preset: Preset
    channels: int
    classes: int
    canvas: int
    batch_size: int
    device: str
    precision: str
    threads: int


@final
@dataclass(frozen=True)
class Workload:
    """A network and the two things that one does with it."""

    classifier: Classifier
    device: torch.device
    precision: str
    step: Callable[[], None]

    def infer(self, images: Tensor) -> Tensor:
        """Return the scores of images, without gradients."""
        with (
            torch.no_grad(),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"),
        ):
            scores: Tensor = self.classifier(images)
        return scores


FRESH = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); pickle.load(sys.stdin.buffer)()"
"""What a fresh process runs: it is told where modules are found, then what to do.

multiprocessing would import the calling script again, which may be a notebook, or standard input.
"""


Row = dict[str, Any]


@final
@dataclass(frozen=True)
class Costs:
    """Rows of metric, unit, batch_size, value, low, high and count, and a line for each cost that failed."""

    rows: tuple[Row, ...]
    problems: tuple[str, ...] = ()


def measure_apart(request: CostRequest) -> Costs:
    """Measure costs in a fresh process.

    Raises RuntimeError with the last line of what went wrong there, where the network answers nothing.
    """
    with TemporaryDirectory() as folder:
        answer = Path(folder, "costs.json")
        work = partial(_answer, request.plugins, cloudpickle.dumps(request), answer)
        told = pickle.dumps(sys.path) + pickle.dumps(work)
        done = subprocess.run([sys.executable, "-c", FRESH], input=told, capture_output=True, check=False)  # noqa: S603
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise RuntimeError(reason or f"the process ended with code {done.returncode}")
        rows, problems = json.loads(answer.read_text())
    return Costs(tuple(rows), tuple(problems))


def _answer(plugins: tuple[str, ...], request: bytes, answer: Path) -> None:
    load_entry_points("runbench.models")
    load_plugins(plugins)
    costs = measure_costs(pickle.loads(request))  # noqa: S301 - we have written it
    answer.write_text(json.dumps((costs.rows, costs.problems)))


def measure_costs(request: CostRequest) -> Costs:
    """Measure in this process: peaks of memory, each in a pass of its own, then what is counted, then times.

    A cost that fails costs itself alone; what has nothing to learn has no costs of training. Raises what a network
    raises that answers nothing.
    """
    device = torch.device(request.device)
    use(device, request.threads)
    one, many = (_images(request, count).to(device) for count in (1, request.batch_size))
    meter = METERS[device.type]
    before = meter.size()
    meter.reset()
    workload = _workload(request, device)
    classifier, size = workload.classifier, request.batch_size
    step_size = request.model.recipe(request.preset).batch_size
    one, many = classifier.arrange(one), classifier.arrange(many)
    workload.infer(many)
    peak = (meter.peak() - before) / MEBIBYTE
    auxiliary = count_parameters(*classifier.auxiliary())

    def training_peak() -> Row:
        meter.reset()
        workload.step()
        classifier.eval()
        return _counted("training_peak_memory", (meter.peak() - before) / MEBIBYTE, step_size)

    def throughput() -> Row:
        times = _times(lambda: workload.infer(many), request.threads)
        return _timed("throughput", [size / seconds for seconds in times], size)

    def timed(cost: str, work: Callable[[], object], count: int) -> Row:
        return _timed(cost, [1e3 * seconds for seconds in _times(work, request.threads)], count)

    measures: dict[str, Callable[[], Row]] = {
        "parameters": lambda: _counted("parameters", count_parameters(classifier) - auxiliary, None),
        "auxiliary_parameters": lambda: _counted("auxiliary_parameters", auxiliary, None),
        "multiply_adds": lambda: _counted("multiply_adds", _multiply_adds(workload, one), 1),
        "peak_memory": lambda: _counted("peak_memory", peak, size),
        "throughput": throughput,
        "latency": lambda: timed("latency", lambda: workload.infer(one), 1),
    }
    if has_to_learn(classifier):
        # Training after all else, but for its memory, which later work would raise
        measures = {
            "training_peak_memory": training_peak,
            **measures,
            "training_step": lambda: timed("training_step", workload.step, step_size),
        }
    return _attempted(measures)


def _attempted(measures: Mapping[str, Callable[[], Row]]) -> Costs:
    """Measure one cost after the other; one that fails is a problem, and the others go on."""
    rows, problems = [], []
    for name, measure in measures.items():
        try:
            rows.append(measure())
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
            problems.append(f"no {METRICS[name].title} ({in_a_line(error)})")
    return Costs(tuple(rows), tuple(problems))


def _workload(request: CostRequest, device: torch.device) -> Workload:
    recipe = request.model.recipe(request.preset)
    classifier = build_model(
        request.model, request.channels, request.classes, request.canvas, request.preset, seed=0
    )
    classifier = classifier.to(device).eval()
    optimiser = optimiser_of(classifier, recipe)
    images = classifier.arrange(_images(request, recipe.batch_size).to(device))
    labels = torch.arange(recipe.batch_size, device=device) % request.classes

    def step() -> None:
        classifier.train()
        optimiser.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=request.precision == "bf16"):
            loss = classifier.loss(images, labels)
        loss.backward()
        optimiser.step()

    return Workload(classifier, device, request.precision, step)


def _images(request: CostRequest, count: int) -> Tensor:
    source = torch.Generator().manual_seed(0)
    return torch.rand(count, request.channels, request.canvas, request.canvas, generator=source)


def _multiply_adds(workload: Workload, image: Tensor) -> float:
    """Count the multiply-adds of one image: convolutions, matrix products (routing's too) and sampling."""
    sampling = {torch.ops.aten.grid_sampler_2d: _sampling_operations}
    with FlopCounterMode(display=False, custom_mapping=sampling) as counter:
        workload.infer(image)
    return float(counter.get_total_flops()) / 2


def _sampling_operations(*_: object, out_shape: torch.Size, **__: object) -> int:
    """Return the operations of bilinear sampling: four multiply-adds for each value put out."""
    return 8 * int(np.prod(out_shape))


def _times(work: Callable[[], object], threads: int) -> list[float]:
    timer = Timer("work()", globals={"work": work}, num_threads=threads)
    return list(timer.adaptive_autorange(threshold=NARROW, min_run_time=0.05, max_run_time=MOST_SECONDS).times)


def _counted(cost: str, value: float, batch_size: int | None) -> Row:
    interval = {"low": None, "high": None, "count": 1}
    return {"metric": cost, "unit": METRICS[cost].unit, "batch_size": batch_size, "value": value, **interval}


def _timed(cost: str, values: list[float], batch_size: int) -> Row:
    low, median, high = (float(value) for value in np.percentile(values, (5, 50, 95)))
    interval = {"low": low, "high": high, "count": len(values)}
    return {"metric": cost, "unit": METRICS[cost].unit, "batch_size": batch_size, "value": median, **interval}
