"""Train one model: a plain loop over images in memory, resumable after every epoch.

Everything random belongs to a purpose and an epoch, so no generator's state need be kept: a resumed training
draws what an uninterrupted one would have drawn.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from runbench.data.training_images import TrainingImages
from runbench.environment import purpose_seed
from runbench.errors import DivergedError, ModelFaultError
from runbench.models.answers import count_scores
from runbench.models.base import Classifier, as_sets, parameter_groups
from runbench.models.protocols import ChoosesView
from runbench.models.recipes import Preset, Recipe
from runbench.models.shapes import Images, Scores, Targets
from runbench.models.spec import ModelSpec
from runbench.progress import Progress
from runbench.training.checkpoints import Checkpoint

Right = Bool[Tensor, "batch"]

Parameters = Iterable[nn.Parameter] | Iterable[dict[str, Any]]
"""Parameters, or groups of them, each with its learning rate."""

OPTIMISERS: Mapping[str, Callable[[Parameters, Recipe, bool], Optimizer]] = {
    "adam": lambda parameters, recipe, fused: Adam(
        parameters, recipe.learning_rate, weight_decay=recipe.weight_decay, fused=fused
    ),
    "adamw": lambda parameters, recipe, fused: AdamW(
        parameters, recipe.learning_rate, weight_decay=recipe.weight_decay, fused=fused
    ),
    "sgd": lambda parameters, recipe, fused: SGD(
        parameters, recipe.learning_rate, momentum=0.9, weight_decay=recipe.weight_decay, fused=fused
    ),
}

SCHEDULES: Mapping[str, Callable[[Optimizer, Recipe, int], LRScheduler]] = {
    "one-cycle": lambda optimiser, _, steps: OneCycleLR(
        optimiser, [group["lr"] for group in optimiser.param_groups], steps
    ),
    "exponential": lambda optimiser, recipe, _: LambdaLR(
        optimiser, lambda step: recipe.decay ** (step / recipe.decay_steps)
    ),
    "step": lambda optimiser, recipe, _: LambdaLR(
        optimiser, lambda step: recipe.decay ** (step // recipe.decay_steps)
    ),
}

VALIDATIONS = 5
"""About how often a training is validated: seldom, as nothing is selected by it."""

WATCHED = 8
"""How many images are watched through training."""


def build_model(
    spec: ModelSpec, channels: int, classes: int, canvas: int, preset: Preset, seed: int
) -> Classifier:
    """Build the untrained model for images of side `canvas`; its weights depend on the seed alone.

    Raises ModelFaultError where it takes no such images, or gives no score per class, before it is trained.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(purpose_seed("weights", seed))
        classifier = spec.build(channels, classes, (canvas, canvas), preset)
        given = count_scores(classifier, channels, canvas, torch.device("cpu"))
    if given != classes:
        raise ModelFaultError(f"the network gives {given} scores, not {classes}: build it for this many classes")
    return classifier


def optimiser_of(classifier: Classifier, recipe: Recipe) -> Optimizer:
    """Return the recipe's optimiser of what is to be trained in a model."""
    # The fused kernels know no complex numbers
    fused = all(parameter.is_floating_point() for parameter in classifier.parameters())
    return OPTIMISERS[recipe.optimiser](parameter_groups(classifier, recipe.learning_rate), recipe, fused)


def train(
    classifier: Classifier,
    recipe: Recipe,
    images: TrainingImages,
    validation: TrainingImages,
    precision: str,
    checkpoint: Checkpoint,
    progress: Progress,
    title: str,
) -> dict[str, Any]:
    """Train `classifier` in place, going on after the last whole epoch that `checkpoint` keeps.

    Returns {"seconds": time spent, "history": [{"epoch", "metric", "value"}, ...], "views": [{"epoch", "theta"},
    ...]}, the last what the model chose to see of the first validation images, where it chooses. The state after
    each epoch is kept until the checkpoint is written; `title` heads the progress bar. Raises DivergedError where
    the loss is not finite.
    """
    device = next(classifier.parameters()).device
    optimiser = optimiser_of(classifier, recipe)
    schedule = SCHEDULES[recipe.schedule](optimiser, recipe, recipe.epochs * images.batch_count)
    parts: dict[str, nn.Module | Optimizer | LRScheduler] = {
        # In evaluation, as some networks have other entries in training
        "weights": classifier.eval(),
        "optimiser": optimiser,
        "schedule": schedule,
    }
    state = checkpoint.read_progress() or {"epoch": 0, "seconds": 0.0, "history": []}
    for name, part in parts.items():
        if name in state:
            part.load_state_dict(state[name])
    history, begun = list(state["history"]), time.perf_counter() - state["seconds"]
    watched = first_images(validation, device)
    views = state.get("views") or view(classifier, watched, epoch=0)
    stride = math.ceil(recipe.epochs / VALIDATIONS)
    epochs = range(state["epoch"] + 1, recipe.epochs + 1)
    for epoch in progress(epochs, title, total=len(epochs)):
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(purpose_seed("dropout", images.seed, epoch))
            loss = train_epoch(classifier, optimiser, schedule, images.epoch(epoch, device), precision)
        if not math.isfinite(loss):
            raise DivergedError(f"the training loss is {loss} in epoch {epoch}")
        history.append({"epoch": epoch, "metric": "training loss", "value": loss})
        if epoch % stride == 0 or epoch == recipe.epochs:
            accuracy = measure_accuracy(classifier, validation, device)
            history.append({"epoch": epoch, "metric": "validation accuracy", "value": accuracy})
        views = views + view(classifier, watched, epoch)
        state = {"epoch": epoch, "seconds": time.perf_counter() - begun, "history": history, "views": views}
        classifier.eval()
        checkpoint.write_progress({**state, **{name: part.state_dict() for name, part in parts.items()}})
    return {"seconds": state["seconds"], "history": history, "views": views}


def leave_untrained(classifier: Classifier, validation: TrainingImages, device: torch.device) -> dict[str, Any]:
    """Return what `train` does, of a model on `device` that has nothing to learn."""
    accuracy = measure_accuracy(classifier, validation, device)
    return {
        "seconds": 0.0,
        "history": [{"epoch": 0, "metric": "validation accuracy", "value": accuracy}],
        "views": view(classifier, first_images(validation, device), epoch=0),
    }


def first_images(images: TrainingImages, device: torch.device) -> Images:
    """Return the first WATCHED images of epoch 0, which is always the same, as training would see them."""
    batch, _ = next(images.epoch(0, device))
    return batch[:WATCHED]


@torch.no_grad()
def view(classifier: Classifier, images: Images, epoch: int) -> list[dict[str, Any]]:
    """Return what a model that chooses its view chose for these images in an epoch; nothing for the others."""
    classifier.eval()
    return (
        [{"epoch": epoch, "theta": classifier.theta(images).tolist()}]
        if isinstance(classifier, ChoosesView)
        else []
    )


def train_epoch(
    classifier: Classifier,
    optimiser: Optimizer,
    schedule: LRScheduler,
    batches: Iterable[tuple[Tensor, Tensor]],
    precision: str,
) -> float:
    """Take one optimisation step per batch; return the mean loss over the images."""
    classifier.train()
    device = next(classifier.parameters()).device
    total, count = torch.zeros((), dtype=torch.float64, device=device), 0
    for images, labels in batches:
        optimiser.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            loss = classifier.loss(classifier.arrange(images), labels)
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.detach() * len(labels)
        count += len(labels)
    return float(total) / count


@torch.no_grad()
def measure_accuracy(classifier: Classifier, images: TrainingImages, device: torch.device) -> float:
    """Return the share of validation images in which all that is to be found is; always the same images."""
    classifier.eval()
    right = [
        found(classifier(classifier.arrange(batch)), targets).double().sum()
        for batch, targets in images.epoch(0, device)
    ]
    return float(torch.stack(right).sum()) / len(images.split)


def found(scores: Scores, targets: Targets) -> Right:
    """Return whether the highest scores (B, K) are those of the targets, labels (B,) or sets (B, K): bool (B,)."""
    sets = as_sets(targets, scores.shape[1])
    highest = scores.topk(int(sets[0].sum()), dim=1).indices
    return sets.gather(1, highest).bool().all(dim=1)
