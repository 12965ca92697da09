"""Move the test images along an axis, and record what a model says of each at every level."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from runbench.data.loading import Split
from runbench.data.scenes import Scenes, lay_scenes
from runbench.environment import EVALUATION_SEED, generator
from runbench.errors import ModelFaultError
from runbench.models.base import Classifier
from runbench.progress import Progress
from runbench.suites import Suite
from runbench.tasks import Task
from runbench.transforms.base import Transform

CPU = torch.device("cpu")


@dataclass(frozen=True)
class TestImages:
    """Hold the scenes that are tested and their unit parameters (n, P).

    Tables of parameters are made for the whole split, so the first n images are the same whatever n is.
    """

    __test__ = False

    suite: Suite
    scenes: Scenes
    parameters: Tensor

    @property
    def labels(self) -> np.ndarray:
        """Return what is to be found: labels (n, 1), or (n, 2) in rising order for pairs."""
        labels = self.scenes.labels(torch.arange(len(self.scenes)))
        return np.sort(labels[:, : self.suite.task.sought].numpy(), axis=1)

    @property
    def sha256(self) -> str:
        """Return the sha256 of images and parameters: runs that agree here had the same test images."""
        digest = hashlib.sha256()
        for batch in self.batches(1000):
            digest.update(self.scenes.images(batch).numpy().tobytes())
        digest.update(self.parameters.numpy().tobytes())
        return digest.hexdigest()

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """Return the suite's transform at each of its levels."""
        return tuple(self.suite.at(level) for level in self.suite.levels)

    def first(self, count: int) -> TestImages:
        """Return the first `count` test images."""
        return replace(self, scenes=self.scenes.first(count), parameters=self.parameters[:count])

    def batches(self, batch_size: int) -> tuple[Tensor, ...]:
        """Return the positions of all scenes, cut into batches."""
        positions: tuple[Tensor, ...] = torch.arange(len(self.scenes)).split(batch_size)
        return positions

    def objects(self, positions: Tensor, device: torch.device) -> Tensor:
        """Return the untransformed objects (B, N, H, W) of the scenes at `positions`, in [0, 1]."""
        return self.scenes.images(positions).to(device).float().div_(255)


def lay_out(suite: Suite, dataset: str, whole: Split, count: int | None) -> TestImages:
    """Lay the first `count` images of the whole test split on the suite's canvas and make their parameters."""
    source = generator("test images", suite.name, dataset, EVALUATION_SEED)
    scenes = lay_scenes(whole, suite, suite.objects, source)
    parameters = suite.at(suite.levels[0]).sample_parameters(len(whole), source)
    return TestImages(suite, scenes.first(count), parameters[:count])


@torch.inference_mode()
def sweep(
    classifier: Classifier,
    images: TestImages,
    classes: int,
    batch_size: int,
    device: torch.device,
    progress: Progress,
    title: str,
) -> np.ndarray:
    """Return class probabilities (n, L, K), float32, of each image at each level; NaN for scores not finite.

    Batches outside, levels inside, so what belongs to a batch never outlives it. Raises ModelFaultError for a
    model that writes into its input or gives anything but scores (B, `classes`).
    """
    classifier.eval()
    positions = images.batches(batch_size)
    batches = []
    for batch in progress(positions, title, total=len(positions)):
        clean = images.objects(batch, device)
        parameters = images.parameters[batch].to(device)
        untouched = clean.clone()
        scores = [
            classifier(transform(clean, parameters).contiguous(memory_format=torch.channels_last))
            for transform in images.transforms
        ]
        if not torch.equal(clean, untouched):
            raise ModelFaultError("the model writes into its input")
        wrong = [tuple(one.shape) for one in scores if one.shape != (len(batch), classes)]
        if wrong:
            raise ModelFaultError(f"the model gives scores of shape {wrong[0]}, not {(len(batch), classes)}")
        batches.append(_probabilities(classifier, images.suite.task, torch.stack(scores, dim=1)))
    return torch.cat(batches).cpu().numpy()


def _probabilities(classifier: Classifier, task: Task, scores: Tensor) -> Tensor:
    """Read scores (B, L, K) as probabilities, NaN for a sample and level whose scores are not all finite."""
    flat = scores.float().flatten(0, 1)
    broken = ~flat.isfinite().all(dim=1, keepdim=True)
    return task.probabilities(classifier, flat).masked_fill(broken, torch.nan).reshape(scores.shape)


def attained_levels(images: TestImages) -> np.ndarray | None:
    """Return the level that each image attains at each of the suite's (n, L); None where it is met exactly."""
    batches = []
    for batch in images.batches(1000):
        clean, parameters = images.objects(batch, CPU), images.parameters[batch]
        levels = [transform.attained(clean, parameters) for transform in images.transforms]
        known = [level for level in levels if level is not None]
        if not known:
            return None
        batches.append(torch.stack(known, dim=1))
    return torch.cat(batches).numpy()


def sample_images(images: TestImages, samples: np.ndarray) -> np.ndarray:
    """Return what chosen samples (S,) look like at every level: (S, L, C, H, W), uint8."""
    positions = torch.from_numpy(samples)
    clean, parameters = images.objects(positions, CPU), images.parameters[positions]
    levels = [transform(clean, parameters) for transform in images.transforms]
    return torch.stack(levels, dim=1).mul(255).round().byte().numpy()


def one_of_each(labels: np.ndarray) -> np.ndarray:
    """Return the position of the first sample of each label (n,), in the order of labels."""
    return np.unique(labels, return_index=True)[1]
