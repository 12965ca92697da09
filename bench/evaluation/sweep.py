"""Record what a model says of each test image at every level of an axis."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.errors import ModelFaultError
from runbench.models.base import Classifier
from runbench.progress import Progress
from runbench.tasks import Task


@torch.no_grad()
def sweep(
    classifier: Classifier,
    images: TestImages,
    classes: int,
    batch_size: int,
    device: torch.device,
    progress: Progress,
    title: str,
) -> Float[np.ndarray, "images levels classes"]:
    """Return class probabilities (n, L, K), float32, of each image at each level; NaN for scores not finite.

    Batches outside, levels inside, so what belongs to a batch never outlives it. Raises ModelFaultError for a
    model that writes into its input or gives anything but scores (B, `classes`).
    """
    classifier.eval()
    positions = images.batches(batch_size)
    first = positions[0]
    _refuse_writing(
        classifier, images.transforms[0](images.objects(first, device), images.parameters[first].to(device))
    )
    batches = []
    for batch in progress(positions, title, total=len(positions)):
        clean = images.objects(batch, device)
        parameters = images.parameters[batch].to(device)
        scores = [classifier(classifier.arrange(transform(clean, parameters))) for transform in images.transforms]
        wrong = [tuple(one.shape) for one in scores if one.shape != (len(batch), classes)]
        if wrong:
            raise ModelFaultError(f"the model gives scores of shape {wrong[0]}, not {(len(batch), classes)}")
        batches.append(_probabilities(classifier, images.suite.task, torch.stack(scores, dim=1)))
    return torch.cat(batches).cpu().numpy()


def _refuse_writing(classifier: Classifier, images: Tensor) -> None:
    """Raise ModelFaultError where a model writes into the images (B, C, H, W) that it is shown."""
    given = classifier.arrange(images.clone())
    classifier(given)
    if not torch.equal(given, images):
        raise ModelFaultError("the model writes into its input")


def _probabilities(classifier: Classifier, task: Task, scores: Tensor) -> Tensor:
    """Read scores (B, L, K) as probabilities, NaN for a sample and level whose scores are not all finite."""
    flat = scores.float().flatten(0, 1)
    broken = ~flat.isfinite().all(dim=1, keepdim=True)
    return task.probabilities(classifier, flat).masked_fill(broken, torch.nan).reshape(scores.shape)
