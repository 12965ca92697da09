"""How fast features change at the identity: the local equivariance error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import final

import torch
from torch import Tensor

from runbench.evaluation.features.equivariance import valid_units
from runbench.evaluation.features.feature_metric import MOVED, FeatureMetric, Subject, register_feature_metric
from runbench.evaluation.features.rows import Row, as_array, ratio_rows
from runbench.metrics.features.lie import agree, derivative, step_of
from runbench.transforms.base import CoordinateChange

SCORES = "scores"
"""The name that a network's scores have among its layers."""

PIXELS = 0.01
"""By how much the shorter step moves the pixels of the canvas, in the root mean square."""

LIE = "lie_derivative", "relative_lie_derivative"


@register_feature_metric
@final
class LocalEquivarianceError(FeatureMetric):
    """The local equivariance error of each layer with a lattice, in the order of passing, and of the scores."""

    order = 90

    @classmethod
    def of(cls, subject: Subject) -> FeatureMetric | None:
        """Return the metric, None for a change that moves no coordinates."""
        return cls(subject) if subject.moves_coordinates else None

    def compute(self) -> Iterator[Row]:
        """Yield the rows of each layer whose derivatives at two steps agree; none where no step fits the axis."""
        subject, identity = self.subject, self.subject.suite.identity
        batches = torch.arange(min(MOVED, subject.count)).split(len(subject.batches[0]))
        parameters = torch.cat([subject.images.parameters[batch] for batch in batches]).to(subject.device)
        step = step_of(lambda level: _change(subject, level), identity, parameters, subject.canvas, PIXELS)
        if identity - 2 * step < _change(subject, identity).least:
            return
        rates = [_rates(subject, batch, step) for batch in batches]
        for name in rates[0]:
            short, wide, size, square = (
                torch.cat(columns) for columns in zip(*(one[name] for one in rates), strict=True)
            )
            if not size.any():
                continue
            rate, wider = (float(one.sum() / size.sum()) for one in (short, wide))
            if agree(rate, wider, float(square.sum() / size.sum()) / step**2):
                for metric, under in zip(LIE, (size, square), strict=True):
                    over, beneath = as_array(short)[:, None], as_array(under)[:, None]
                    for row in ratio_rows(metric, name, (identity,), over, beneath):
                        yield row | {"level": None}


Rates = tuple[Tensor, Tensor, Tensor, Tensor]
"""Of each image (B,): the squared rate at the short and the wide step, how many features, and their square."""


def _rates(subject: Subject, batch: Tensor, step: float) -> dict[str, Rates]:
    images, identity = subject.images, subject.suite.identity
    objects, parameters = images.objects(batch, subject.device), images.parameters[batch].to(subject.device)
    answers = {
        move: subject.ask(_change(subject, identity + move)(objects, parameters))
        for move in (0.0, step, -step, 2 * step, -2 * step)
    }
    rates = {}
    edges = [_change(subject, identity + move) for move in (2 * step, -2 * step)]
    supports = [change.support(parameters, subject.canvas, subject.canvas) for change in edges]
    for layer in subject.layers:
        lattice = layer.lattice
        if lattice is None:
            continue
        # To first order, the change of the opposite sign undoes a change
        back = {
            move: _change(subject, identity - move).act(features[layer.name], parameters, lattice, subject.canvas)
            if move
            else features[layer.name]
            for move, (features, _) in answers.items()
        }
        forth, away = (
            valid_units(layer, lattice, change, parameters, pixels)
            for change, pixels in zip(edges, supports, strict=True)
        )
        rates[layer.name] = _squares(back, forth & away, step)
    scores = {move: scores for move, (_, scores) in answers.items()}
    return rates | {SCORES: _squares(scores, torch.ones_like(scores[0.0], dtype=torch.bool), step)}


def _squares(features: Mapping[float, Tensor], counted: Tensor, step: float) -> Rates:
    def total(values: Tensor) -> Tensor:
        return values.square().mul_(counted).flatten(1).sum(dim=1)

    short, wide = (total(derivative(features[move], features[-move], move)) for move in (step, 2 * step))
    size = counted.expand_as(features[0.0]).flatten(1).sum(dim=1)
    return short, wide, size, total(features[0.0])


def _change(subject: Subject, level: float) -> CoordinateChange:
    change = subject.suite.at(level)
    if not isinstance(change, CoordinateChange):
        raise TypeError(f"{subject.suite.name} moves no coordinates")
    return change
