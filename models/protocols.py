"""What a model may show of its inside beside its scores; the bench draws and measures what there is."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor, nn

from runbench.models.shapes import Capsules, Drawings, Images, Theta, Views


@runtime_checkable
class ChoosesView(Protocol):
    """A model that looks at its input through a transformation which it chooses."""

    def theta(self, images: Images) -> Theta:
        """Return the transformation of each image as a matrix.

        They map normalised output coordinates to normalised input coordinates: x to the right, y downwards, -1 and
        1 the outer edges.
        """
        ...

    def attend(self, images: Images) -> Views:
        """Return what the rest of the network sees of images."""
        ...


@runtime_checkable
class HoldsCapsules(Protocol):
    """A model that describes each class by a capsule, a vector whose length is the class's presence."""

    def capsules(self, images: Images) -> Capsules:
        """Return the class capsules of images."""
        ...


@runtime_checkable
class Reconstructs(HoldsCapsules, Protocol):
    """A model that draws images from its capsules, where it has a decoder."""

    @property
    def decoder(self) -> nn.Module | None:
        """Return what draws; None where the model was built without."""
        ...

    def reconstruct_each(self, capsules: Capsules) -> Drawings:
        """Return what each class capsule alone draws, in [0, 1]."""
        ...


@runtime_checkable
class Routes(Protocol):
    """A model that sends primary capsules to class capsules by coupling coefficients."""

    @property
    def coupling_lattice(self) -> tuple[float, float]:
        """Return pitch and offset of the places of primary capsules, in pixels of the image, on both axes."""
        ...

    def coupling_maps(self, images: Images) -> Float[Tensor, "batch classes rows columns"]:
        """Return the coupling to each class, the mean over the types of primary capsules there."""
        ...
