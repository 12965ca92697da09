"""What a model sees in training: images laid on the suite's canvas and changed as its regime says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name

import torch
from torch import Generator, Tensor

from bench.environment import generator
from bench.loading import Split
from bench.placement import PLACEMENTS, place
from bench.suites import Suite
from models.recipes import Regime
from transforms.base import Transform

CHUNK = 1024
"""About how many images are changed at once before they are cut into batches."""

Augmentation = Callable[[Tensor, Tensor], Tensor]
"""Change images (B, C, H, W), which stand at positions (B,) of the split."""


def leave(suite: Suite, count: int, generator: Generator) -> Augmentation:  # noqa: ARG001
    """Return the augmentation that changes nothing."""
    return lambda images, positions: images  # noqa: ARG005


def spread(suite: Suite, count: int, generator: Generator) -> Augmentation:
    """Return the suite's transform at a level of its own for each of `count` images, uniform over the range."""
    low, high = suite.training_range
    transform: Transform = resolve_name(suite.transform)(high)
    levels = torch.rand(count, generator=generator) * (high - low) + low
    draws = transform.draw(count, generator)
    return lambda images, positions: transform.apply(images, levels[positions], draws[positions])


AUGMENTATIONS: Mapping[Regime, Callable[[Suite, int, Generator], Augmentation]] = {
    "clean": leave,
    "augmented": spread,
}


@dataclass(frozen=True)
class TrainingImages:
    """Say which images a training sees: what is drawn depends on all of this and the epoch, never on the model."""

    split: Split
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
        """Yield shuffled images (B, C, H, W) in [0, 1] and labels (B,) of one epoch."""
        count, (height, width) = len(self.split), self.split.images.shape[-2:]
        suite = self.suite
        source = generator(self.purpose, self.dataset, suite.canvas, suite.placement, self.seed, epoch)
        order = torch.randperm(count, generator=source)[: self._shown]
        offsets = PLACEMENTS[suite.placement](count, (height, width), suite.canvas, source)
        offsets = offsets + torch.randint(-self.shift, self.shift + 1, (count, 2), generator=source)
        augment = AUGMENTATIONS[self.regime](suite, count, source)
        for chunk in order.split(max(1, CHUNK // self.batch_size) * self.batch_size):
            images = place(self.split.images[chunk], suite.canvas, offsets[chunk]).float().div_(255)
            changed = augment(images, chunk).to(device, memory_format=torch.channels_last)
            labels = self.split.labels[chunk].to(device)
            yield from zip(changed.split(self.batch_size), labels.split(self.batch_size), strict=True)
