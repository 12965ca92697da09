"""What a model's own file shows of its inside: groups of arrays, each of which may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, final, get_type_hints

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Array = npt.NDArray[Any]
Sizes = Mapping[str, int]
"""How long the dimensions are that a letter names: S samples, L levels, k classes per image."""

Group = TypeVar("Group", bound="DataclassInstance")

NUMBERS, CLASSES, PICTURES = "fiu", "iu", "u"
"""Kinds of array, as numpy's dtype.kind has them."""


@final
@dataclass(frozen=True)
class Shape:
    """The shape of a stored array: a letter or a number per dimension; equal letters are of equal length."""

    dimensions: str
    kinds: str = NUMBERS

    def misfit(self, name: str, array: Array, known: dict[str, int]) -> str:
        """Say in what `array` is other than declared, "" for nothing; letters new to `known` are added to it."""
        if array.dtype.kind not in self.kinds or (self.kinds == PICTURES and array.dtype != np.uint8):
            return f"{name} holds {array.dtype}"
        letters = self.dimensions.split()
        if array.ndim != len(letters):
            return f"{name} has {array.ndim} dimensions, not {len(letters)}"
        for letter, length in zip(letters, array.shape, strict=True):
            expected = int(letter) if letter.isdigit() else known.setdefault(letter, length)
            if length != expected:
                return f"{name} is {'x'.join(map(str, array.shape))}, where {letter} should be {expected}"
        return ""


@final
@dataclass(frozen=True)
class Probabilities:
    """The class probabilities of the samples at every level."""

    probabilities: Annotated[Array, Shape("S L K")]


@final
@dataclass(frozen=True)
class Attended:
    """What a spatial transformer passes on for the samples at every level."""

    attended: Annotated[Array, Shape("S L C h w", PICTURES)]


@final
@dataclass(frozen=True)
class Theta:
    """The matrix that the transformer chose for the first test images at every level.

    It maps normalised coordinates of the output to those of the input: x right, y down, -1 and 1 the outer edges.
    """

    theta: Annotated[Array, Shape("M L 3 3")]


@final
@dataclass(frozen=True)
class Learning:
    """What a transformer makes of a fixed batch of images through training; epoch 0 is before it."""

    theta_epochs: Annotated[Array, Shape("E", CLASSES)]
    theta_by_epoch: Annotated[Array, Shape("E B 3 3")]
    attended_by_epoch: Annotated[Array, Shape("E B C h w", PICTURES)]
    watched: Annotated[Array, Shape("B C H W", PICTURES)]


@final
@dataclass(frozen=True)
class Reconstructions:
    """Images with the drawing of each of their classes from that class's capsule alone."""

    reconstruction_images: Annotated[Array, Shape("R C H W", PICTURES)]
    reconstruction_labels: Annotated[Array, Shape("R k", CLASSES)]
    reconstruction_predicted: Annotated[Array, Shape("R k", CLASSES)]
    reconstruction_by_label: Annotated[Array, Shape("R k C H W", PICTURES)]
    reconstruction_by_prediction: Annotated[Array, Shape("R k C H W", PICTURES)]


@final
@dataclass(frozen=True)
class Absent:
    """The drawings of a class that is not in the image, for the images that are reconstructed."""

    reconstruction_absent: Annotated[Array, Shape("R C H W", PICTURES)]
    reconstruction_absent_class: Annotated[Array, Shape("R", CLASSES)]


@final
@dataclass(frozen=True)
class Dimensions:
    """Drawings of digits, one dimension of whose capsule is moved by each of the steps."""

    dimensions: Annotated[Array, Shape("N D T C H W", PICTURES)]
    dimension_labels: Annotated[Array, Shape("N", CLASSES)]
    dimension_steps: Annotated[Array, Shape("T")]


@final
@dataclass(frozen=True)
class Coupling:
    """The coupling coefficients to the predicted class's capsule at two levels, by position."""

    coupling: Annotated[Array, Shape("S 2 h w")]
    coupling_levels: Annotated[Array, Shape("2")]


@final
@dataclass(frozen=True)
class Lattice:
    """Where the positions of the primary capsules lie in the image: pitch and offset in pixels."""

    coupling_lattice: Annotated[Array, Shape("2")]


@final
@dataclass(frozen=True)
class Introspection:
    """The groups of one model; None for what it does not have."""

    probabilities: Probabilities | None = None
    attended: Attended | None = None
    theta: Theta | None = None
    learning: Learning | None = None
    reconstructions: Reconstructions | None = None
    absent: Absent | None = None
    dimensions: Dimensions | None = None
    coupling: Coupling | None = None
    lattice: Lattice | None = None

    @property
    def transforms(self) -> bool:
        """Say whether there is anything of a spatial transformer."""
        return any(group is not None for group in (self.attended, self.theta, self.learning))

    @property
    def has_capsules(self) -> bool:
        """Say whether there is anything of capsules."""
        return any(group is not None for group in (self.reconstructions, self.dimensions, self.coupling))


def introspection_of(arrays: Mapping[str, Array], sizes: Sizes) -> tuple[Introspection, tuple[str, ...]]:
    """Read what there is of one model and say what is wrong with the rest, which is left out.

    A group none of whose arrays is there, or that is there for nothing (a dimension of length 0), is absent.
    """
    faults: list[str] = []

    def read(group: type[Group], further: Sizes) -> Group | None:
        fault = _fault(group, arrays, {**sizes, **further})
        if fault is None:
            return group(**{item.name: arrays[item.name] for item in fields(group)})
        faults.extend([fault] * bool(fault))
        return None

    reconstructions = read(Reconstructions, {})
    drawn = reconstructions.reconstruction_images.shape if reconstructions else ()
    shown = Introspection(
        probabilities=read(Probabilities, {}),
        attended=read(Attended, {}),
        theta=read(Theta, {}),
        learning=read(Learning, {}),
        reconstructions=reconstructions,
        absent=read(Absent, dict(zip("RCHW", drawn, strict=False))),
        dimensions=read(Dimensions, {}),
        coupling=read(Coupling, {}),
        lattice=read(Lattice, {}),
    )
    return shown, tuple(faults)


def _fault(group: type[DataclassInstance], arrays: Mapping[str, Array], sizes: Sizes) -> str | None:
    """Say what keeps a group from being used: None for nothing, "" where it is simply not there."""
    hints = get_type_hints(group, include_extras=True)
    declared: dict[str, Shape] = {name: hint.__metadata__[0] for name, hint in hints.items()}
    absent = [name for name in declared if name not in arrays]
    if absent:
        return "" if len(absent) == len(declared) else f"{absent[0]} is not there"
    known = dict(sizes)
    for name, shape in declared.items():
        misfit = shape.misfit(name, arrays[name], known)
        if misfit:
            return misfit
    return "" if any(0 in arrays[name].shape for name in declared) else None
