"""Move the test images along an axis, and record what a model says of each at every level."""

import hashlib
from dataclasses import dataclass
from pkgutil import resolve_name

import numpy as np
import torch
from torch import Tensor

from bench.configuration import EVALUATION_SEED
from bench.environment import generator
from bench.errors import ModelFaultError
from bench.loading import Split
from bench.placement import PLACEMENTS, place
from bench.progress import Progress
from bench.suites import Suite
from models.base import Classifier
from transforms.base import Transform


@dataclass(frozen=True)
class TestImages:
    """Hold test images on their canvas (n, C, H, W), uint8, and their unit draws (n, P).

    Tables of draws are made for the whole split, so the first n images are the same whatever n is.
    """

    __test__ = False

    suite: Suite
    split: Split
    draws: Tensor

    @property
    def sha256(self) -> str:
        """Return the sha256 of images and draws: runs that agree here were measured on the same test images."""
        digest = hashlib.sha256(self.split.images.numpy().tobytes())
        digest.update(self.draws.numpy().tobytes())
        return digest.hexdigest()

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """Return the suite's transform at each of its levels."""
        family = resolve_name(self.suite.transform)
        return tuple(family(level) for level in self.suite.levels)


def lay_out(suite: Suite, dataset: str, whole: Split, count: int | None) -> TestImages:
    """Lay the first `count` images of the whole test split on the suite's canvas and make their draws."""
    source = generator("test images", suite.name, dataset, EVALUATION_SEED)
    height, width = whole.images.shape[-2:]
    offsets = PLACEMENTS[suite.placement](len(whole), (height, width), suite.canvas, source)
    draws = resolve_name(suite.transform)(suite.identity).draw(len(whole), source)
    split = whole.first(count)
    kept = len(split)
    return TestImages(suite, Split(place(split.images, suite.canvas, offsets[:kept]), split.labels), draws[:kept])


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
    positions = torch.arange(len(images.split)).split(batch_size)
    batches = []
    for batch in progress(positions, title, total=len(positions)):
        clean = images.split.images[batch].to(device).float().div_(255)
        draws = images.draws[batch].to(device)
        untouched = clean.clone()
        scores = [
            classifier(transform(clean, draws).contiguous(memory_format=torch.channels_last))
            for transform in images.transforms
        ]
        if not torch.equal(clean, untouched):
            raise ModelFaultError("the model writes into its input")
        wrong = [tuple(one.shape) for one in scores if one.shape != (len(batch), classes)]
        if wrong:
            raise ModelFaultError(f"the model gives scores of shape {wrong[0]}, not {(len(batch), classes)}")
        batches.append(_probabilities(classifier, torch.stack(scores, dim=1)))
    return torch.cat(batches).cpu().numpy()


def _probabilities(classifier: Classifier, scores: Tensor) -> Tensor:
    """Read scores (B, L, K) as probabilities, NaN for a sample and level whose scores are not all finite."""
    flat = scores.float().flatten(0, 1)
    broken = ~flat.isfinite().all(dim=1, keepdim=True)
    return classifier.probabilities(flat).masked_fill(broken, torch.nan).reshape(scores.shape)


@torch.inference_mode()
def sample_images(images: TestImages, samples: np.ndarray) -> np.ndarray:
    """Return what chosen samples (S,) look like at every level: (S, L, C, H, W), uint8."""
    clean, draws = images.split.images[samples].float().div(255), images.draws[samples]
    levels = [transform(clean, draws) for transform in images.transforms]
    return torch.stack(levels, dim=1).mul(255).round().byte().numpy()


def one_of_each(labels: Tensor) -> np.ndarray:
    """Return the position of the first sample of each label, in the order of labels."""
    return np.unique(labels.numpy(), return_index=True)[1]
