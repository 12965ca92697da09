"""What a matrix turns and scales by, and how closely that follows what was applied. No torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

Array = npt.NDArray[Any]

Matrices = Float[np.ndarray, "*batch 3 3"]
Numbers = Float[np.ndarray, "*batch"]
Levels = Float[np.ndarray, "levels"]
Along = Float[np.ndarray, "#images #levels"]
Weights = Float[np.ndarray, "resamples images"]
Resampled = Float[np.ndarray, "resamples"]

TURN = 360.0


def turned_angles(theta: Matrices) -> Numbers:
    """Return by how many degrees each matrix (..., 3, 3) turns, counter-clockwise on the screen.

    The matrices map output coordinates to input coordinates, x right and y down. [[cos a, sin a], [-sin a, cos a]]
    takes the upright object at the output to the object turned by +a in the input: a transformer that undoes a
    turn by a has this matrix, and a is returned. Of any other matrix it is the angle of the nearest rotation (the
    rotation of the polar decomposition, where there is no reflection), of a projective one at the output's centre.
    """
    linear = _linear(theta)
    sine, cosine = linear[..., 0, 1] - linear[..., 1, 0], linear[..., 0, 0] + linear[..., 1, 1]
    return np.asarray(np.degrees(np.arctan2(sine, cosine)))


def enlargements(theta: Matrices) -> Numbers:
    """Return the logarithm of the factor by which each matrix (..., 3, 3) enlarges lengths: half that of its area.

    A transformer that undoes a scaling by s looks at an area s times as wide, so log s is what it gains.
    """
    linear = _linear(theta)
    area = linear[..., 0, 0] * linear[..., 1, 1] - linear[..., 0, 1] * linear[..., 1, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(np.abs(area)) / 2)


def recovered_angles(
    theta: Float[np.ndarray, "images levels 3 3"], levels: Levels, identity: float
) -> Float[np.ndarray, "known levels"]:
    """Return (M', L) degrees by which an image's matrices (M, L, 3, 3) turn more than at the identity.

    Between -180 and 180; images with a matrix that is not finite, or none at its centre, are left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        angles = turned_angles(theta.astype(np.float64))
    whole = angles[np.isfinite(angles).all(axis=1)]
    start = int(np.abs(levels - identity).argmin())
    return between(whole - whole[:, start, None])


def between(angles: Numbers) -> Numbers:
    """Return angles between -180 and 180 degrees."""
    return (angles + TURN / 2) % TURN - TURN / 2


def circular_correlations(first: Along, second: Along, weights: Weights) -> Resampled:
    """Return how closely one angle follows another, (R,): 1 turns with it, -1 against it, 0 neither.

    Both in degrees, (n, L) or what broadcasts to it, each row weighted by weights (R, n). NaN where one of them
    does not change. Fisher & Lee 1983, "A correlation coefficient for circular data", rho_T in its form of sums.
    """
    x, y = (np.radians(angles) for angles in np.broadcast_arrays(first, second))

    def total(values: Array) -> Array:
        sums: Array = weights @ values.sum(axis=1)
        return sums

    product = total(np.cos(x) * np.cos(y)) * total(np.sin(x) * np.sin(y))
    crossed = total(np.cos(x) * np.sin(y)) * total(np.sin(x) * np.cos(y))
    count = total(np.ones_like(x))
    spreads = [count**2 - total(np.cos(2 * angle)) ** 2 - total(np.sin(2 * angle)) ** 2 for angle in (x, y)]
    return _ratio(4 * (product - crossed), spreads, 1e-9 * count**2)


def correlations(first: Along, second: Along, weights: Weights) -> Resampled:
    """Return the correlation (R,) of two quantities, (n, L) or what broadcasts to it, rows weighted by (R, n).

    NaN where one of them does not change.
    """
    x, y = np.broadcast_arrays(first, second)
    # Without any row there is nothing to divide by, and nothing that changes
    count = (weights @ np.full(len(x), x.shape[1])).clip(min=1)
    mean_x, mean_y = (weights @ values.sum(axis=1) / count for values in (x, y))
    mixed = weights @ (x * y).sum(axis=1) / count - mean_x * mean_y
    spreads = [
        weights @ np.square(values).sum(axis=1) / count - mean**2 for values, mean in ((x, mean_x), (y, mean_y))
    ]
    return _ratio(mixed, spreads, np.full_like(mixed, 1e-12))


def _ratio(over: Array, spreads: list[Array], least: Array) -> Array:
    known = (spreads[0] > least) & (spreads[1] > least)
    ratio = np.full(over.shape, np.nan)
    np.divide(over, np.sqrt(np.where(known, spreads[0] * spreads[1], 1.0)), out=ratio, where=known)
    return ratio


def _linear(theta: Matrices) -> Float[np.ndarray, "*batch 2 2"]:
    """Return the linear part (..., 2, 2) of matrices (..., 3, 3) at the centre of the output."""
    scale = theta[..., 2, 2, None, None]
    linear: Array = theta[..., :2, :2] / scale - theta[..., :2, 2, None] * theta[..., 2, None, :2] / scale**2
    return linear
