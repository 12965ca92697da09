"""Whether a layer's features move as the image does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self, final

import numpy as np
import torch
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    COMPARED,
    Batch,
    FeatureMetric,
    Row,
    Subject,
    View,
    by_image,
    ratio_rows,
    register_feature_metric,
)
from runbench.evaluation.layers import Layer, inside, wholly
from runbench.metrics.features.equivariance import equivariance_terms, is_exact
from runbench.transforms.base import CoordinateChange
from runbench.transforms.lattice import Lattice


@register_feature_metric
@final
class EquivarianceError(FeatureMetric):
    """The equivariance error of every layer with a lattice, on the first images.

    Units count where neither padding nor anything outside the image has an influence, in the moved image as in the
    moved features.
    """

    order = 40

    @classmethod
    def of(cls, subject: Subject) -> Self | None:
        """Return the metric, None for a change that moves no coordinates."""
        moves = isinstance(subject.suite.at(subject.suite.identity), CoordinateChange)
        return cls(subject, COMPARED) if moves else None

    def __init__(self, subject: Subject, count: int) -> None:
        self.suite, self.canvas, self.count = subject.suite, subject.canvas, count
        self.layers = [layer for layer in subject.layers if layer.lattice is not None]
        self.terms: dict[str, list[list[Tensor]]] = {layer.name: [] for layer in self.layers}
        self.exact: dict[str, np.ndarray] = {}
        for layer in self.layers:
            self.exact[layer.name] = np.ones(len(self.suite.levels), dtype=bool)

    def start_batch(self, batch: Batch) -> None:
        """Begin a new batch."""
        if batch.among_first(self.count):
            for terms in self.terms.values():
                terms.append([])

    def update(self, batch: Batch, view: View) -> None:
        """Keep error, floor and norm per image and layer."""
        first = batch.among_first(self.count)
        if not first or not isinstance(view.transform, CoordinateChange):
            return
        parameters = batch.parameters[:first]
        pixels = view.transform.support(parameters, self.canvas, self.canvas)
        for layer in self.layers:
            lattice = layer.lattice
            if lattice is not None:
                valid = valid_units(layer, lattice, view.transform, parameters, pixels)
                terms = equivariance_terms(
                    view.features[layer.name][:first],
                    batch.features[layer.name][:first],
                    view.transform,
                    parameters,
                    lattice,
                    self.canvas,
                    valid,
                )
                self.terms[layer.name][-1].append(torch.stack(tuple(terms), dim=1))
                self.exact[layer.name][view.index] &= is_exact(view.transform, parameters, lattice, self.canvas)

    def compute(self) -> Iterator[Row]:
        """Give each layer's error with its floor at every level but the identity; the exact subset once more."""
        moved = np.asarray(self.suite.levels) != self.suite.identity
        levels = np.asarray(self.suite.levels)
        for name, batches in self.terms.items():
            if not batches:
                continue
            error, floor, norm = (
                by_image([[term[:, i] for term in terms] for terms in batches]) for i in range(3)
            )
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
    layer: Layer, lattice: Lattice, transform: CoordinateChange, parameters: Tensor, pixels: Tensor
) -> Tensor:
    """Return the units that are valid in both: bool (1 or B, 1, H', W').

    In the moved image: what they depend on lies in the image and comes from inside it, as `pixels`, bool
    (1 or B, 1, H, W), say. In the moved features: they come from units that depend on the image alone.
    """
    canvas = Lattice(*pixels.shape[-2:])
    own = inside(layer, canvas).to(pixels.device)
    came = transform.act(own.float().expand(len(pixels), -1, -1, -1), parameters, lattice, canvas) > 1 - 1e-4
    return own & came & wholly(layer, pixels)
