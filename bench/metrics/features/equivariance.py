"""Whether features move as the image does."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from runbench.transforms.base import CoordinateChange, Geometric
from runbench.transforms.lattice import Lattice

EXACT = 1e-4
"""A place this near to a unit, in units, is the unit's."""


Features = Float[Tensor, "batch channels height width"]
Valid = Bool[Tensor, "#batch 1 height width"]
Parameters = Float[Tensor, "batch parameters"]
PerImage = Float[Tensor, "batch"]


class EquivarianceTerms(NamedTuple):
    """What the equivariance error of each image (B,) is made of: two differences, and the norm beneath."""

    error: PerImage
    floor: PerImage
    norm: PerImage


def equivariance_terms(
    of_moved: Features,
    reference: Features,
    transform: CoordinateChange,
    parameters: Parameters,
    lattice: Lattice,
    image: Lattice,
    valid: Valid,
) -> EquivarianceTerms:
    """Compare features (B, C, H, W) of moved images with the moved features of the images.

    The error is the norm of their difference and the norm that of the image's own features, both on the `valid`
    units, bool (1 or B, 1, H, W). The floor is what moving these very features there and back changes, by
    resampling alone: on the valid units that come back from valid ones, as a share of the features' norm there,
    times the norm on all valid units. NaN where no unit comes back, or the change has no exact inverse. Lenc &
    Vedaldi 2015, section 3.
    """
    moved = transform.act(reference, parameters, lattice, image)
    norm = _norm(reference, valid)
    return EquivarianceTerms(
        _norm(of_moved - moved, valid),
        _floor(moved, reference, transform, parameters, lattice, image, valid) * norm,
        norm,
    )


def is_exact(transform: CoordinateChange, parameters: Parameters, lattice: Lattice, image: Lattice) -> bool:
    """Return whether a change moves pixels and units of a lattice onto others, so that nothing is resampled.

    Every pixel and every unit comes from a place where one is, or would be beyond the border, and neighbours stay
    neighbours; nothing is smoothed.
    """
    level = parameters.new_tensor([transform.level])
    sigma = transform.smoothing(level, parameters)
    if sigma is not None and bool((sigma > 0).any()):
        return False
    return all(_on_units(transform.sources(level, parameters, grid, image), grid) for grid in (image, lattice))


def _on_units(sources: Float[Tensor, "#batch units 2"], grid: Lattice) -> bool:
    places = grid.units(sources).reshape(len(sources), grid.height, grid.width, 2)
    whole = (places - places.round()).abs().amax() < EXACT
    steps = (torch.linalg.vector_norm(places.diff(dim=axis), dim=-1) for axis in (1, 2))
    return bool(whole) and all(bool(((step - 1).abs() < EXACT).all()) for step in steps)


def _floor(
    moved: Features,
    reference: Features,
    transform: CoordinateChange,
    parameters: Parameters,
    lattice: Lattice,
    image: Lattice,
    valid: Valid,
) -> PerImage:
    if not isinstance(transform, Geometric):
        return reference.new_full((len(reference),), torch.nan)
    back = transform.act_back(moved, parameters, lattice, image)
    everywhere = valid.float().expand(len(reference), -1, -1, -1)
    came = transform.act_back(everywhere, parameters, lattice, image) > 1 - EXACT
    # A division by 0 where no unit comes back: NaN, which says that there is no floor
    return _norm(back - reference, valid & came) / _norm(reference, valid & came)


def _norm(values: Features, counted: Valid) -> PerImage:
    norm: Tensor = values.square().sum(dim=1, keepdim=True).mul_(counted).flatten(1).sum(dim=1).sqrt()
    return norm
