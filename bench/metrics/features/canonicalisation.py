"""Whether a chosen transformation takes out the change that was applied."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from runbench.metrics.features.angles import circular_correlations, correlations, enlargements, recovered_angles
from runbench.statistics import bootstrap_weights

Matrices = Float[Tensor, "batch 3 3"]
Orbits = Float[Tensor, "images levels 3 3"]
Levels = Float[Tensor, "levels"]
Resampled = Float[np.ndarray, "resamples"]
PerImage = Float[Tensor, "batch"]


def homogeneous(theta: Float[Tensor, "batch rows 3"]) -> Matrices:
    """Return matrices (B, 2, 3) or (B, 3, 3) as (B, 3, 3)."""
    bottom = theta.new_tensor([[0.0, 0.0, 1.0]]).expand(len(theta), 1, 3)
    return torch.cat((theta, bottom[:, : 3 - theta.shape[1]]), dim=1).float()


def normalised(change: Float[Tensor, "*batch 3 3"], size: tuple[int, int]) -> Float[Tensor, "*batch 3 3"]:
    """Return matrices (B, 3, 3) in pixels of an image of `size` (height, width) in its normalised coordinates.

    There -1 and 1 are the outer edges, so the centre of the first pixel is at 1 / side - 1.
    """
    height, width = size
    to = change.new_tensor([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])
    conjugate: Tensor = to @ change @ torch.linalg.inv(to)
    return conjugate


def canonicalisation_errors(
    of_changed: Matrices, theta: Matrices, change: Matrices, size: tuple[int, int]
) -> PerImage:
    """Return how far (B,) the transformation chosen for a changed image is from taking the change out.

    `of_changed` and `theta` (B, 3, 3), chosen for the changed and for the unchanged image, map normalised output
    to input coordinates; `change` (B, 3, 3) moves pixels of the image of `size` (height, width) from source to
    destination. The Frobenius norm of G^-1 A(T x) - A(x), with G the change in normalised coordinates and matrices
    scaled to 1 in the lower right.
    """
    undone = torch.linalg.solve(normalised(change.double(), size), of_changed.double())
    difference = _scaled(undone) - _scaled(theta.double())
    errors: Tensor = torch.linalg.matrix_norm(difference)
    return errors


def recovered_correlation_angle(theta: Orbits, levels: Levels, identity: int) -> Resampled:
    """Return how the angle recovered by matrices (n, L, 3, 3) follows the levels (L,), in degrees: (1 + R,).

    The value, then bootstrap resamples of the images. Circular; `identity` is the number of the level from which
    each image's angles are counted. 0 where nothing is recovered: a view that never turns follows no turn.
    """
    applied = levels.numpy()
    angles = recovered_angles(theta.numpy(), applied, float(applied[identity]))
    weights = bootstrap_weights(len(angles)).astype(np.float64)
    return _of_what_is_known(circular_correlations(angles, applied[None], weights), len(angles))


def recovered_correlation_log_scale(theta: Orbits, levels: Levels, identity: int) -> Resampled:
    """Return how the logarithm of the recovered factor follows that of the levels (L,), factors: (1 + R,).

    As `recovered_correlation_angle`, with the ordinary correlation.
    """
    gained = enlargements(theta.double().numpy())
    known = np.isfinite(gained).all(axis=1)
    moved = gained[known] - gained[known][:, [identity]]
    weights = bootstrap_weights(len(moved)).astype(np.float64)
    return _of_what_is_known(correlations(moved, np.log(levels.numpy())[None], weights), len(moved))


def _of_what_is_known(correlation: Resampled, images: int) -> Resampled:
    """Return 0 where what is recovered does not change; NaN where nothing is known of any image."""
    return np.nan_to_num(correlation) if images else correlation


def _scaled(matrix: Matrices) -> Matrices:
    return matrix / matrix[:, 2:, 2:]
