"""Introspection: what a model shows of its inside, as arrays: views, reconstructions, capsules, coupling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from jaxtyping import Bool, Float, Integer, UInt8
from torch import Tensor

from runbench.data.test_images import TestImages
from runbench.errors import in_a_line
from runbench.evaluation.predictions import predicted_classes
from runbench.metrics.features.canonicalisation import homogeneous
from runbench.models.base import Classifier
from runbench.models.layers.crop_guard import collapsed
from runbench.models.layers.spatial_transformer import GridGenerator, ImageSampler
from runbench.models.protocols import ChoosesView, Reconstructs, Routes
from runbench.models.shapes import Images

Arrays = dict[str, np.ndarray]

Right = Bool[np.ndarray, "images"]
Chosen = Integer[np.ndarray, "chosen"]
Classes = Integer[np.ndarray, "images"]

VIEWED = 200
"""Of how many test images the chosen transformation is kept."""

RECONSTRUCTED, FAILURES = 8, 3
"""How many images are reconstructed, and how many of them at most are failures."""

DIGITS = 3
"""Of how many digits the capsule's dimensions are moved."""

STEPS = np.linspace(-0.25, 0.25, 11)
"""How far a dimension is moved (Sabour et al. 2017, section 5.1)."""


@final
@dataclass(frozen=True)
class Answered:
    """Test images, and the probabilities (n, L, K) that a model on `device` gave them at every level."""

    images: TestImages
    probabilities: Float[np.ndarray, "images levels classes"]
    device: torch.device

    @property
    def samples(self) -> np.ndarray:
        """Return the positions of the images that are shown."""
        return self.images.samples

    @property
    def middle(self) -> int:
        """Return the number of the level that lies nearest to the middle of what augmented training covers."""
        suite = self.images.suite
        return suite.middle_of(suite.levels)

    def changed(self, positions: Chosen, level: int) -> Images:
        """Return images (B, C, H, W) at `positions`, changed by the level of that number."""
        places = torch.from_numpy(positions)
        parameters = self.images.parameters[places].to(self.device)
        return self.images.transforms[level](self.images.objects(places, self.device), parameters)


@torch.no_grad()
def introspect(classifier: Classifier, answered: Answered) -> tuple[Arrays, list[str]]:
    """Return the arrays of everything that the model shows of its inside, and a line for what it failed to show.

    A picture that a plug-in cannot give costs the picture, not the numbers.
    """
    classifier.eval()
    arrays: Arrays = {"probabilities": answered.probabilities[answered.samples]}
    problems = []
    for protocol, arrays_of in SHOWN.items():
        if isinstance(classifier, protocol):
            try:
                arrays |= arrays_of(classifier, answered)
            except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
                problems.append(f"no {arrays_of.__name__} ({in_a_line(error)})")
    return arrays, problems


def views(classifier: ChoosesView, answered: Answered) -> Arrays:
    """Return what the rest of the network sees of the samples, and what was chosen for the first test images."""
    first = np.arange(min(VIEWED, len(answered.images.scenes)))
    levels = range(len(answered.images.suite.levels))
    attended = [classifier.attend(answered.changed(answered.samples, level)) for level in levels]
    theta = [homogeneous(classifier.theta(answered.changed(first, level))) for level in levels]
    return {"attended": to_bytes(torch.stack(attended, dim=1)), "theta": torch.stack(theta, dim=1).cpu().numpy()}


def views_by_epoch(views: Sequence[Mapping[str, Any]], watched: Tensor) -> Arrays:
    """Return what was chosen for the watched images (B, C, H, W) through training, and how they look so."""
    if not views:
        return {}
    theta = homogeneous(torch.tensor([view["theta"] for view in views], device=watched.device).flatten(0, 1))
    repeated = watched.repeat(len(views), 1, 1, 1)
    return {
        "theta_epochs": np.array([view["epoch"] for view in views]),
        "theta_by_epoch": theta.unflatten(0, (len(views), -1)).cpu().numpy(),
        "attended_by_epoch": to_bytes(seen_through(theta, repeated).unflatten(0, (len(views), -1))),
        "watched": to_bytes(watched),
    }


def seen_through(theta: Float[Tensor, "batch 3 3"], images: Images) -> Images:
    """Return images (B, C, H, W) sampled where matrices theta (B, 3, 3) say, output to input coordinates."""
    height, width = images.shape[-2:]
    grid = GridGenerator((height, width)).to(images.device)(theta)
    seen: Tensor = ImageSampler()(images, grid)
    return seen


def share_collapsed(arrays: Mapping[str, np.ndarray], size: tuple[int, int]) -> float:
    """Return the share of the views kept that show next to nothing of an image of `size`; 0 without views.

    A spatial transformer that has learned an empty crop answers without looking.
    """
    if "theta" not in arrays:
        return 0.0
    theta = torch.from_numpy(arrays["theta"]).flatten(0, 1)
    return float(collapsed(GridGenerator(size)(theta)).double().mean())


def reconstructions(classifier: Reconstructs, answered: Answered) -> Arrays:
    """Return reconstructions, by class and by dimension; nothing where the model was built without a decoder."""
    if classifier.decoder is None:
        return {}
    return _by_class(classifier, answered) | _by_dimension(classifier, answered)


def _by_class(classifier: Reconstructs, answered: Answered) -> Arrays:
    """Return reconstructions by label and by prediction, failures among them, at the middle level."""
    labels, sought = answered.images.labels, answered.images.suite.task.sought
    predicted = predicted_classes(answered.probabilities[:, answered.middle], sought)
    chosen = _right_and_wrong((predicted == labels).all(axis=1))
    images = answered.changed(chosen, answered.middle)
    drawn = classifier.reconstruct_each(classifier.capsules(images))
    arrays = {
        "reconstruction_images": to_bytes(images),
        "reconstruction_labels": labels[chosen],
        "reconstruction_predicted": predicted[chosen],
        "reconstruction_by_label": to_bytes(_of_classes(drawn, labels[chosen])),
        "reconstruction_by_prediction": to_bytes(_of_classes(drawn, predicted[chosen])),
    }
    if sought == 1:
        return arrays
    absent = _least_likely(answered.probabilities[chosen, answered.middle], labels[chosen])
    return arrays | {
        "reconstruction_absent": to_bytes(_of_classes(drawn, absent[:, None])[:, 0]),
        "reconstruction_absent_class": absent,
    }


def _by_dimension(classifier: Reconstructs, answered: Answered) -> Arrays:
    """Return what the capsules of a few digits draw when each dimension is moved, at the middle level."""
    shown = answered.samples[np.linspace(0, len(answered.samples) - 1, DIGITS).round().astype(int)]
    labels = answered.images.labels[shown, 0]
    capsules = classifier.capsules(answered.changed(shown, answered.middle))
    steps = torch.from_numpy(STEPS).to(capsules)
    moves = steps[:, None] * torch.eye(capsules.shape[2], device=capsules.device)[:, None]
    drawn = []
    for capsule, label in zip(capsules, labels, strict=True):
        moved = capsule.repeat(*moves.shape[:2], 1, 1)
        moved[:, :, label] += moves
        each = classifier.reconstruct_each(moved.flatten(0, 1))
        drawn.append(each[:, label].unflatten(0, moves.shape[:2]))
    return {
        "dimensions": to_bytes(torch.stack(drawn)),
        "dimension_labels": labels,
        "dimension_steps": STEPS,
    }


def couplings(classifier: Routes, answered: Answered) -> Arrays:
    """Return how strongly each place of the samples is coupled to the predicted class: untransformed, and last."""
    suite = answered.images.suite
    unchanged = int(np.abs(np.asarray(suite.levels) - suite.identity).argmin())
    shown = (unchanged, len(suite.levels) - 1)
    predicted = predicted_classes(answered.probabilities[answered.samples], 1)[..., 0]
    maps = []
    for level in shown:
        coupling = classifier.coupling_maps(answered.changed(answered.samples, level))
        winner = torch.from_numpy(predicted[:, level]).clamp(min=0).to(coupling.device)
        maps.append(coupling[torch.arange(len(coupling)), winner])
    return {
        "coupling": torch.stack(maps, dim=1).float().cpu().numpy(),
        "coupling_levels": np.asarray(suite.levels)[list(shown)],
        "coupling_lattice": np.asarray(classifier.coupling_lattice),
    }


SHOWN: Mapping[type, Callable[[Any, Answered], Arrays]] = {
    ChoosesView: views,
    Reconstructs: reconstructions,
    Routes: couplings,
}
"""The arrays of what a model shows, by the protocol that it follows."""


def to_bytes(images: Float[Tensor, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    """Return images in [0, 1] as uint8."""
    pixels: np.ndarray = images.clamp(0, 1).mul(255).round().byte().cpu().numpy()
    return pixels


def _right_and_wrong(right: Right) -> Chosen:
    """Return the positions of RECONSTRUCTED images, the first right ones and, where there are, the first wrong."""
    wrong = np.flatnonzero(~right)[:FAILURES]
    return np.concatenate((np.flatnonzero(right)[: RECONSTRUCTED - len(wrong)], wrong))


def _of_classes(drawn: Tensor, classes: np.ndarray) -> Tensor:
    """Return the reconstructions (R, k, C, H, W) of `classes` (R, k) among those of all (R, K, C, H, W)."""
    rows = torch.arange(len(drawn), device=drawn.device)[:, None]
    return drawn[rows, torch.from_numpy(classes).clamp(min=0).to(drawn.device)]


def _least_likely(
    probabilities: Float[np.ndarray, "images classes"], labels: Integer[np.ndarray, "images sought"]
) -> Classes:
    """Return the class (R,) of probabilities (R, K) that is least likely, none of the labels (R, k)."""
    masked = np.nan_to_num(probabilities, nan=1.0).copy()
    np.put_along_axis(masked, labels, np.inf, axis=1)
    least: np.ndarray = masked.argmin(axis=1)
    return least
