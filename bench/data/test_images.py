"""The test images of a suite: scenes on its canvas, how each is changed along the axis, and the samples shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Integer, UInt8

from runbench.data.loading import Split
from runbench.data.scenes import Scenes, lay_scenes
from runbench.data.shapes import EachLabel, Objects, Parameters, Positions, Samples
from runbench.environment import generator
from runbench.suites import Suite
from runbench.transforms.base import Transform

CPU = torch.device("cpu")

EVALUATION_SEED = 20170
"""Seeds the parameters of test images; training never uses it."""


@final
@dataclass(frozen=True)
class TestImages:
    """The scenes that are tested, and their unit parameters (n, P).

    Tables of parameters are made for the whole split, so the first n images are the same whatever n is.
    """

    __test__ = False

    suite: Suite
    scenes: Scenes
    parameters: Parameters

    @property
    def labels(self) -> Integer[np.ndarray, "images sought"]:
        """Return what is to be found: labels (n, 1), or label sets (n, 2) in rising order."""
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

    @property
    def samples(self) -> Samples:
        """Return the positions of the images that are shown: the first of each label."""
        return one_of_each(self.scenes.labels(torch.arange(len(self.scenes)))[:, 0].numpy())

    def first(self, count: int) -> TestImages:
        """Return the first `count` test images."""
        return replace(self, scenes=self.scenes.first(count), parameters=self.parameters[:count])

    def batches(self, batch_size: int) -> tuple[Positions, ...]:
        """Return the positions of all scenes, cut into batches."""
        positions: tuple[Positions, ...] = torch.arange(len(self.scenes)).split(batch_size)
        return positions

    def objects(self, positions: Positions, device: torch.device) -> Objects:
        """Return the untransformed objects (B, N, H, W) of the scenes at `positions`, in [0, 1]."""
        return self.scenes.images(positions).to(device).float().div_(255)


def lay_out(suite: Suite, dataset: str, whole: Split, count: int | None) -> TestImages:
    """Lay the first `count` images of the whole test split on the suite's canvas and make their parameters."""
    source = generator("test images", suite.name, dataset, EVALUATION_SEED)
    scenes = lay_scenes(whole, suite, suite.objects, source)
    parameters = suite.at(suite.levels[0]).sample_parameters(len(whole), source)
    return TestImages(suite, scenes.first(count), parameters[:count])


def attained_levels(images: TestImages) -> Float[np.ndarray, "images levels"] | None:
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


def sample_images(
    images: TestImages, samples: Samples
) -> UInt8[np.ndarray, "samples levels channels height width"]:
    """Return what chosen samples (S,) look like at every level: (S, L, C, H, W), uint8."""
    positions = torch.from_numpy(samples)
    clean, parameters = images.objects(positions, CPU), images.parameters[positions]
    levels = [transform(clean, parameters) for transform in images.transforms]
    return torch.stack(levels, dim=1).mul(255).round().byte().numpy()


def one_of_each(labels: EachLabel) -> Samples:
    """Return the position of the first sample of each label (n,), in the order of labels."""
    return np.unique(labels, return_index=True)[1]
