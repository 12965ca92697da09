"""The angle that a spatial transformer undoes, from the matrices that it chose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bench.report.portraits import Array

TURN = 360.0


def turned_angles(theta: Array) -> Array:
    """Return by how many degrees each matrix (..., 3, 3) turns, counter-clockwise on the screen.

    The matrices map output coordinates to input coordinates, x right and y down. [[cos a, sin a], [-sin a, cos a]]
    takes the upright object at the output to the object turned by +a in the input: a transformer that undoes a
    turn by a has this matrix, and a is returned. Of any other matrix it is the angle of the nearest rotation (the
    rotation of the polar decomposition, where there is no reflection), of a projective one at the output's centre.
    """
    scale = theta[..., 2, 2, None, None]
    linear = theta[..., :2, :2] / scale - theta[..., :2, 2, None] * theta[..., 2, None, :2] / scale**2
    sine, cosine = linear[..., 0, 1] - linear[..., 1, 0], linear[..., 0, 0] + linear[..., 1, 1]
    angles: Array = np.degrees(np.arctan2(sine, cosine))
    return angles


def recovered_angles(theta: Array, levels: Array, identity: float) -> Array:
    """Return (M', L) degrees by which an image's matrices (M, L, 3, 3) turn more than at the identity.

    Between -180 and 180; images with a matrix that is not finite, or none at its centre, are left out.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        angles = turned_angles(theta.astype(np.float64))
    whole = angles[np.isfinite(angles).all(axis=1)]
    start = int(np.abs(levels - identity).argmin())
    return _between(whole - whole[:, start, None])


def recovered_by_level(recovered: Mapping[str, Array], levels: Array, identity: float) -> pd.DataFrame:
    """Return a row per model and level: the circular mean over images, and between what half of them lie.

    recovered: degrees (M, L) by model, 0 at the identity. `value` follows on from level to level without a jump of
    a whole turn; low and high are the quartiles of the deviations from it.
    """
    parts = []
    start = int(np.abs(levels - identity).argmin())
    for model, angles in recovered.items():
        mean = np.degrees(np.angle(np.exp(1j * np.radians(angles)).mean(axis=0)))
        low, high = np.quantile(_between(angles - mean), (0.25, 0.75), axis=0)
        value = np.unwrap(mean, period=TURN)
        value -= value[start]
        columns = {"level": levels, "value": value, "low": value + low, "high": value + high}
        parts.append(pd.DataFrame({"model": model, **columns, "count": len(angles)}))
    return pd.concat(parts, ignore_index=True)


def circular_correlation(first: Array, second: Array) -> float:
    """Return how closely one angle follows another, both (N,) degrees: 1 turns with it, -1 against it, 0 neither.

    NaN where one of them does not change. Fisher & Lee 1983, "A correlation coefficient for circular data",
    equation for rho_T in its form of sums over single angles.
    """
    x, y = np.radians(first), np.radians(second)
    product = (np.cos(x) * np.cos(y)).sum() * (np.sin(x) * np.sin(y)).sum()
    crossed = (np.cos(x) * np.sin(y)).sum() * (np.sin(x) * np.cos(y)).sum()
    spreads = [len(x) ** 2 - abs(np.exp(2j * angle).sum()) ** 2 for angle in (x, y)]
    if min(spreads) < 1e-9 * len(x) ** 2:
        return float("nan")
    return float(4 * (product - crossed) / np.sqrt(spreads[0] * spreads[1]))


def _between(angles: Array) -> Array:
    """Return angles between -180 and 180 degrees."""
    return (angles + TURN / 2) % TURN - TURN / 2
