"""What a model sees in training: scenes on the suite's canvas, changed as its regime says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import final

import torch
from torch import Generator, Tensor

from runbench.data.loading import Split
from runbench.data.scenes import lay_scenes
from runbench.environment import generator
from runbench.models.recipes import Regime
from runbench.suites import Suite
from runbench.tasks import LABEL, Task

CHUNK = 1024
"""About how many images are changed at once before they are cut into batches."""

Augmentation = Callable[[Tensor, Tensor], Tensor]
"""Change images (B, N, H, W), which stand at positions (B,) of the split."""


def leave(suite: Suite, count: int, generator: Generator) -> Augmentation:  # noqa: ARG001
    """Return the augmentation that changes nothing."""
    return lambda images, positions: images  # noqa: ARG005


def spread(suite: Suite, count: int, generator: Generator) -> Augmentation:
    """Return the suite's transform at a level of its own for each of `count` images, uniform over the range."""
    low, high = suite.training_range
    transform = suite.at(high)
    levels = torch.rand(count, generator=generator) * (high - low) + low
    parameters = transform.sample_parameters(count, generator)
    return lambda images, positions: transform.apply(images, levels[positions], parameters[positions])


@final
@dataclass(frozen=True)
class Exposure:
    """What a regime shows: how many objects to an image, what is to be found of them, and how they are changed."""

    objects: int
    task: Task
    augmentation: Callable[[Suite, int, Generator], Augmentation]


EXPOSURES: Mapping[Regime, Callable[[Suite], Exposure]] = {
    "clean": lambda suite: Exposure(1, LABEL, leave),  # noqa: ARG005
    "augmented": lambda suite: Exposure(suite.objects, suite.task, spread),
}


@final
@dataclass(frozen=True)
class TrainingImages:
    """The images that a training sees: what is drawn depends on all of this and the epoch, never on the model."""

    split: Split
    classes: int
    dataset: str
    purpose: str
    suite: Suite
    regime: Regime
    seed: int
    batch_size: int
    shift: int = 0

    @property
    def batch_count(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-self._shown // self.batch_size)

    @property
    def _shown(self) -> int:
        """Return how many images an epoch shows: batch normalisation cannot use a last batch of one."""
        count = len(self.split)
        return count - 1 if count % self.batch_size == 1 and count > self.batch_size else count

    def epoch(self, epoch: int, device: torch.device) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield shuffled images (B, C, H, W) in [0, 1] and targets, labels (B,) or sets (B, K), of one epoch."""
        count, suite = len(self.split), self.suite
        source = generator(self.purpose, self.dataset, suite.canvas, suite.placement, self.seed, epoch)
        order = torch.randperm(count, generator=source)[: self._shown]
        exposure = EXPOSURES[self.regime](suite)
        scenes = lay_scenes(self.split, suite, exposure.objects, source)
        scenes = scenes.moved(torch.randint(-self.shift, self.shift + 1, (count, 2), generator=source))
        augment = exposure.augmentation(suite, count, source)
        for chunk in order.split(max(1, CHUNK // self.batch_size) * self.batch_size):
            images = augment(scenes.images(chunk).float().div_(255), chunk)
            changed = images.to(device, memory_format=torch.channels_last)
            targets = exposure.task.targets(scenes.labels(chunk), self.classes).to(device)
            yield from zip(changed.split(self.batch_size), targets.split(self.batch_size), strict=True)
