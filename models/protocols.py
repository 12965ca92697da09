"""What a model may show of its inside beside its scores; the bench draws and measures what there is."""

from typing import Protocol, runtime_checkable

from torch import Tensor, nn


@runtime_checkable
class ChoosesView(Protocol):
    """A model that looks at its input through a transformation which it chooses."""

    def theta(self, images: Tensor) -> Tensor:
        """Return the transformation of images (B, C, H, W) as matrices (B, 2, 3) or (B, 3, 3).

        They map normalised output coordinates to normalised input coordinates: x to the right, y downwards, -1 and
        1 the outer edges.
        """
        ...

    def attend(self, images: Tensor) -> Tensor:
        """Return what the rest of the network sees of images (B, C, H, W): (B, C, H', W')."""
        ...


@runtime_checkable
class HoldsCapsules(Protocol):
    """A model that describes each class by a capsule, a vector whose length is the class's presence."""

    def capsules(self, images: Tensor) -> Tensor:
        """Return the class capsules (B, K, D) of images (B, C, H, W)."""
        ...


@runtime_checkable
class Reconstructs(HoldsCapsules, Protocol):
    """A model that draws images from its capsules, where it has a decoder."""

    @property
    def decoder(self) -> nn.Module | None:
        """Return what draws; None where the model was built without."""
        ...

    def reconstruct_each(self, capsules: Tensor) -> Tensor:
        """Return what each class capsule of (B, K, D) alone draws: (B, K, C, H, W) in [0, 1]."""
        ...


@runtime_checkable
class Routes(Protocol):
    """A model that sends primary capsules to class capsules by coupling coefficients."""

    @property
    def coupling_lattice(self) -> tuple[float, float]:
        """Return pitch and offset of the places of primary capsules, in pixels of the image, on both axes."""
        ...

    def coupling_maps(self, images: Tensor) -> Tensor:
        """Return the coupling to each class (B, K, h, w), the mean over the types of primary capsules there."""
        ...
