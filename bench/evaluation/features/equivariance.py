"""Whether a layer's features move as the image does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    MOVED,
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import PerImage, Row, as_array, ratio_rows
from runbench.evaluation.layers import Layer, Pixels, Units, inside, wholly
from runbench.metrics.features.equivariance import equivariance_terms, is_exact
from runbench.transforms.base import CoordinateChange
from runbench.transforms.lattice import Lattice


@register_feature_metric
@final
class EquivarianceError(FeatureMetric):
    """The equivariance error of every layer with a lattice.

    Units count that depend neither on padding nor on what lies outside the image, in the moved image as in the
    moved features.
    """

    images = MOVED
    order = 40

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric, None for a change that moves no coordinates."""
        return cls(subject) if subject.moves_coordinates else None

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self.layers = [(layer, layer.lattice) for layer in subject.layers if layer.lattice is not None]
        self.terms = {layer.name: PerImage() for layer, _ in self.layers}
        self.exact = {layer.name: np.ones(len(self.suite.levels), dtype=bool) for layer, _ in self.layers}

    def update(self, batch: Batch, view: View) -> None:
        """Keep error, floor and norm per image and layer."""
        transform, parameters, canvas = view.transform, batch.parameters, self.subject.canvas
        if not isinstance(transform, CoordinateChange):
            return
        pixels = transform.support(parameters, canvas, canvas)
        for layer, lattice in self.layers:
            valid = valid_units(layer, lattice, transform, parameters, pixels)
            moved, features = view.features[layer.name], batch.features[layer.name]
            terms = equivariance_terms(moved, features, transform, parameters, lattice, canvas, valid)
            self.terms[layer.name].add(view.index, torch.stack(tuple(terms), dim=1))
            self.exact[layer.name][view.index] &= is_exact(transform, parameters, lattice, canvas)

    def compute(self) -> Iterator[Row]:
        """Yield each layer's error with its floor at every level but the identity; the exact subset once more."""
        levels = np.asarray(self.suite.levels)
        moved = levels != self.suite.identity
        for name, terms in self.terms.items():
            error, floor, norm = (as_array(term) for term in terms.stacked().unbind(dim=2))
            yield from ratio_rows(
                "equivariance_error",
                name,
                levels[moved].tolist(),
                error[:, moved],
                norm[:, moved],
                floor[:, moved],
            )
            exact = moved & self.exact[name]
            yield from ratio_rows(
                "exact_equivariance_error", name, levels[exact].tolist(), error[:, exact], norm[:, exact]
            )


def valid_units(
    layer: Layer, lattice: Lattice, transform: CoordinateChange, parameters: Tensor, pixels: Pixels
) -> Units:
    """Return the units that are valid in both: bool (1 or B, 1, H', W').

    In the moved image: what they depend on lies in the image and comes from inside it, as `pixels`, bool
    (1 or B, 1, H, W), say. In the moved features: they come from units that depend on the image alone.
    """
    canvas = Lattice(*pixels.shape[-2:])
    own = inside(layer, canvas).to(pixels.device)
    came = transform.act(own.float().expand(len(pixels), -1, -1, -1), parameters, lattice, canvas) > 1 - 1e-4
    return own & came & wholly(layer, pixels)
