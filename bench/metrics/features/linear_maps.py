"""Linear maps of features, fitted and judged from sums of products alone (ridge regression)."""

from __future__ import annotations

from functools import lru_cache
from typing import final

import numpy as np
import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor

from runbench.statistics import bootstrap_weights

Blocks = Integer[Tensor, "batch"]
Matrix = Float[np.ndarray, "inputs inputs"]
Products = Float[np.ndarray, "inputs outputs"]
Outputs = Float[np.ndarray, "outputs"]
Held = Bool[np.ndarray, "blocks"]
OfBlocks = Float[np.ndarray, "blocks"]
OfHeld = Float[np.ndarray, "held"]
Resampled = Float[np.ndarray, "resamples"]

FOLDS = 5
PENALTIES = np.logspace(-5, 2, 15)
"""Of the ridge, as shares of the variance of a standardised input; the best is chosen for each fold."""

PROJECTION_SEED = 97

ROUNDING = 1e-6
"""A quantity whose standard deviation is below this share of its size varies by the rounding of float32 alone."""


@final
class Gram:
    """Accumulate, for each block of images, the sums of products that a regression needs.

    With D inputs and P outputs (blocks, D + 1, D + 1 + P) numbers are kept, whatever the number of images.
    """

    def __init__(self, blocks: int, inputs: int, outputs: int) -> None:
        self.blocks, self.inputs, self.outputs = blocks, inputs, outputs
        self.xx = np.zeros((blocks, inputs + 1, inputs + 1))
        self.xy = np.zeros((blocks, inputs + 1, outputs))
        self.yy = np.zeros((blocks, outputs))

    def add(
        self, blocks: Blocks, inputs: Float[Tensor, "batch inputs"], outputs: Float[Tensor, "batch outputs"]
    ) -> None:
        """Add inputs (B, D) and outputs (B, P) of images that belong to `blocks` (B,)."""
        x = torch.nn.functional.pad(inputs.double(), (0, 1), value=1.0).cpu().numpy()
        y = outputs.double().cpu().numpy()
        of = blocks.cpu().numpy()
        for block in np.unique(of):
            mine = of == block
            self.xx[block] += x[mine].T @ x[mine]
            self.xy[block] += x[mine].T @ y[mine]
            self.yy[block] += np.square(y[mine]).sum(axis=0)


def held_out_r2(gram: Gram, width: int | None = None) -> Resampled:
    """Return the share of the outputs' variance that ridge regression explains on images that did not fit it.

    (1 + R,): the value, then bootstrap resamples of the blocks. Blocks are dealt into five folds; each is judged
    by the map that the others fit, and by what their mean explains. Inputs are standardised; with `width` they are
    first cut to so many principal components, those of most variance among what fits. The sum over outputs of
    squared errors, over that of squared distances from the mean. NaN where the outputs do not vary, or not all
    numbers are finite.
    """
    if not all(np.isfinite(sums).all() for sums in (gram.xx, gram.xy, gram.yy)):
        return np.full(len(bootstrap_weights(gram.blocks)), np.nan)
    errors, totals = np.zeros(gram.blocks), np.zeros(gram.blocks)
    for fold in range(FOLDS):
        held = np.arange(gram.blocks) % FOLDS == fold
        xx, xy, yy = (sums[~held].sum(axis=0) for sums in (gram.xx, gram.xy, gram.yy))
        weights, mean = _fit(xx, xy, yy, width)
        errors[held] = _squared_errors(gram, held, weights)
        totals[held] = _totals(gram, held, mean)
    return _resampled(gram, errors, totals)


def identity_r2(gram: Gram) -> Resampled:
    """Return the same of the map that leaves the inputs as they are; there are as many inputs as outputs."""
    errors, totals = np.zeros(gram.blocks), np.zeros(gram.blocks)
    weights = np.eye(gram.inputs + 1, gram.outputs)
    for fold in range(FOLDS):
        held = np.arange(gram.blocks) % FOLDS == fold
        sums = gram.xy[~held].sum(axis=0)[-1]
        errors[held] = _squared_errors(gram, held, weights)
        totals[held] = _totals(gram, held, sums / gram.xx[~held].sum(axis=0)[-1, -1])
    return _resampled(gram, errors, totals)


def project(features: Float[Tensor, "batch units"], width: int) -> Float[Tensor, "batch kept"]:
    """Return features (B, D) as they are or, of more than `width`, on as many random orthogonal directions."""
    if features.shape[1] <= width:
        return features
    return features @ _directions(features.shape[1], width).to(features)


@lru_cache(maxsize=16)
def _directions(inputs: int, width: int) -> Float[Tensor, "inputs width"]:
    source = torch.Generator().manual_seed(PROJECTION_SEED)
    directions: Tensor = torch.linalg.qr(torch.randn(inputs, width, generator=source))[0]
    return directions


def _fit(xx: Matrix, xy: Products, yy: Outputs, width: int | None) -> tuple[Products, Outputs]:
    """Return the ridge regression's weights (D + 1, P), the last row the intercept, and the outputs' mean (P,)."""
    count, centre, mean = xx[-1, -1], xx[:-1, -1] / xx[-1, -1], xy[-1] / xx[-1, -1]
    covariance = xx[:-1, :-1] / count - np.outer(centre, centre)
    cross = xy[:-1] / count - np.outer(centre, mean)
    basis = np.eye(len(covariance))
    if width is not None and width < len(covariance):
        basis = np.linalg.eigh(covariance)[1][:, -width:]
        covariance, cross = basis.T @ covariance @ basis, basis.T @ cross
    spread = np.sqrt(np.clip(np.diag(covariance), 0, None))
    # A dead input explains nothing: its weight is 0 whatever it is divided by
    alive = spread > np.maximum(1e-9 * spread.max(initial=0.0), ROUNDING * np.abs(basis.T @ centre))
    scale = np.where(alive, spread, 1.0)
    correlation = covariance / np.outer(scale, scale) * np.outer(alive, alive)
    variance = float((yy / count - mean**2).sum())
    standardised = _ridge(correlation, cross / scale[:, None] * alive[:, None], variance, float(count))
    slopes = basis @ (standardised / scale[:, None])
    return np.vstack((slopes, mean - centre @ slopes)), mean


def _ridge(correlation: Matrix, cross: Products, variance: float, count: float) -> Products:
    """Return standardised weights (D, P), with the penalty that generalised cross-validation likes best.

    Golub, Heath & Wahba 1979, Technometrics 21: the mean squared error over (1 - degrees of freedom / count)^2.
    """
    eigenvalues, vectors = np.linalg.eigh(correlation)
    eigenvalues = eigenvalues.clip(min=0)
    turned = vectors.T @ cross
    damped = eigenvalues + PENALTIES[:, None]
    explained = (eigenvalues + 2 * PENALTIES[:, None]) / damped**2 @ np.square(turned).sum(axis=1)
    freedom = (eigenvalues / damped).sum(axis=1)
    criterion = (variance - explained).clip(min=0) / (1 - freedom / count).clip(min=1e-3) ** 2
    weights: Products = vectors @ (turned / damped[criterion.argmin()][:, None])
    return weights


def _squared_errors(gram: Gram, held: Held, weights: Products) -> OfHeld:
    """Return the sum of squared errors of each held block."""
    fitted = np.einsum("kij,ip,jp->k", gram.xx[held], weights, weights, optimize=True)
    errors: OfHeld = gram.yy[held].sum(axis=1) - 2 * np.einsum("kip,ip->k", gram.xy[held], weights) + fitted
    return errors.clip(min=0)


def _totals(gram: Gram, held: Held, mean: Outputs) -> OfHeld:
    """Return the sum of squared distances of each held block's outputs from `mean` (P,)."""
    count, sums = gram.xx[held][:, -1, -1], gram.xy[held][:, -1]
    totals: OfHeld = (gram.yy[held] - 2 * sums * mean + count[:, None] * mean**2).sum(axis=1)
    return totals


def _resampled(gram: Gram, errors: OfBlocks, totals: OfBlocks) -> Resampled:
    weights = bootstrap_weights(gram.blocks).astype(np.float64)
    varying, size = weights @ totals, weights @ gram.yy.sum(axis=1)
    shares: Resampled = 1 - (weights @ errors) / np.where(varying > ROUNDING**2 * size, varying, np.nan)
    return shares
