"""What all capsule networks share: scores are lengths of class capsules, and a decoder may regularise them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, NamedTuple, final

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from runbench.models.base import Classifier, as_sets
from runbench.models.layers.capsules import Routing, length_cross_entropy, lengths, margin_loss
from runbench.models.layers.decoder import DRAWINGS, Decoder, Drawing, draw_each, draw_together
from runbench.models.shapes import Capsules, Coupling, Drawings, Images, Inputs, Loss, Scores, Sets, Targets

RECONSTRUCTION_WEIGHT = 0.0005

LossName = Literal["margin", "cross-entropy"]
Reconstruction = Drawing | Literal["none"]


@final
class PrimaryGrid(NamedTuple):
    """The order of primary capsules: capsule (type * height + row) * width + column, columns fastest."""

    types: int
    height: int
    width: int


def _margin_loss(lengths: Scores, targets: Targets) -> Loss:
    return margin_loss(lengths, as_sets(targets, lengths.shape[1]).to(lengths.dtype))


LOSSES: Mapping[LossName, Callable[[Scores, Targets], Loss]] = MappingProxyType(
    {"margin": _margin_loss, "cross-entropy": length_cross_entropy}
)
"""Losses of lengths and targets."""


class CapsuleClassifier(Classifier, ABC):
    """A classifier by the lengths of class capsules, which a decoder, where there is one, regularises in training.

    Scores are lengths in [0, 1), one for each class. Subclasses give `primary_capsules`, `primary_grid`, `routing`
    and, unless `reconstruction` is "none", a decoder. How several capsules draw one image is `reconstruction`:
    "together", one drawing from all that are present, or "apart", each digit from its own capsule and the
    drawings merged by min(sum, 1). Sabour et al. (2017, section 6) compare each drawing with its own digit's
    image; a training batch carries the merged image alone, so here the merged drawing is compared with it.
    """

    reading: ClassVar[str] = "capsule lengths divided by their sum"
    presence_reading: ClassVar[str] = "capsule lengths"

    primary_grid: PrimaryGrid
    routing: Routing
    decoder: Decoder | None

    def __init__(self, num_classes: int, loss: LossName, reconstruction: Reconstruction) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.objective = LOSSES[loss]
        self.reconstruction: Reconstruction = reconstruction

    @abstractmethod
    def primary_capsules(self, images: Images) -> Inputs:
        """Return the primary capsules of images; `primary_grid` says how they lie."""

    def capsules(self, images: Images) -> Capsules:
        """Return the class capsules, the poses, of images."""
        capsules: Tensor = self.routing(self.primary_capsules(images))
        return capsules

    def coupling(self, images: Images) -> Coupling:
        """Return the coupling coefficients of images; they sum to 1 over classes."""
        return self.routing.route(self.routing.votes(self.primary_capsules(images)))[1]

    def forward(self, images: Images) -> Scores:
        """Return the lengths of the class capsules."""
        return lengths(self.capsules(images))

    def reconstruct(self, capsules: Capsules, present: Sets) -> Images:
        """Draw images from the class capsules that are `present`.

        Raises ValueError where there is no decoder.
        """
        if self.decoder is None or self.reconstruction == "none":
            raise ValueError("this capsule network has no decoder")
        return DRAWINGS[self.reconstruction](self.decoder, capsules, present)

    def reconstruct_each(self, capsules: Capsules) -> Drawings:
        """Draw an image from each of the class capsules alone.

        Raises ValueError where there is no decoder.
        """
        if self.decoder is None:
            raise ValueError("this capsule network has no decoder")
        return draw_each(self.decoder, capsules)

    def loss(self, images: Images, targets: Targets) -> Loss:
        """Return the loss of the lengths plus 0.0005 times the squared error of the true classes' reconstruction.

        The squared error is summed over pixels, its mean taken
        over the batch, as in the paper's text; the authors' code weighs it otherwise.
        """
        capsules = self.capsules(images)
        loss = self.objective(lengths(capsules), targets)
        if self.decoder is None:
            return loss
        present = as_sets(targets, self.num_classes).to(capsules.dtype)
        # One capsule alone draws the same either way, and needs no search for those that are present
        single = targets.ndim == 1
        drawn = draw_together(self.decoder, capsules, present) if single else self.reconstruct(capsules, present)
        error = (drawn - images).square().flatten(1).sum(dim=1).mean()
        return loss + RECONSTRUCTION_WEIGHT * error

    def probabilities(self, scores: Scores) -> Scores:
        """Return lengths divided by their sum."""
        return F.normalize(scores, p=1.0, dim=1)

    def presence(self, scores: Scores) -> Scores:
        """Return the lengths as they are."""
        return scores

    def auxiliary(self) -> tuple[nn.Module, ...]:
        """Return the decoder, where there is one."""
        return () if self.decoder is None else (self.decoder,)
