"""What linear maps of a network's last features can do: stand for the change, and read its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import final

import numpy as np
from torch import Tensor

from runbench.evaluation.features.feature_metric import (
    Batch,
    FeatureMetric,
    Subject,
    View,
    register_feature_metric,
)
from runbench.evaluation.features.rows import Row, sweep_row
from runbench.metrics.features.linear_maps import Gram, held_out_r2, identity_r2, project
from runbench.statistics import percentile_interval

BLOCKS = 30
"""Images are dealt into this many groups, which are fitted, held out and resampled as wholes."""

WIDTH = 160
"""Wider features are projected at random to so many."""

EQUAL_WIDTH = 100
"""To how many principal components features are cut where layers are compared at equal width."""

MAPPED = 4
"""At how many levels, spread over the sweep, a linear map is learned."""


@register_feature_metric
@final
class LinearMaps(FeatureMetric):
    """Pose decodability and learned-map equivariance of the last layer without a grid, from sums of products.

    That is what a classifier decides by: its class capsules, or what its last linear layer is given.
    """

    order = 50

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        suite, count = subject.suite, subject.count
        flat = [layer for layer in subject.layers if len(layer.shape) < 3]
        # Fewer images than twice the groups cannot hold a group out
        self.layers = flat[-1:] if count >= 2 * BLOCKS else []
        self.levels, self.count = suite.levels, count
        changed = [index for index, level in enumerate(suite.levels) if level != suite.identity]
        spread = np.linspace(0, len(changed) - 1, min(MAPPED, len(changed))).round().astype(int)
        self.mapped = [changed[place] for place in spread]
        widths = {layer.name: min(int(np.prod(layer.shape)), WIDTH) for layer in self.layers}
        outputs = suite.at(suite.levels[0]).pose(subject.images.parameters[:1]).shape[1]
        self.poses = {name: Gram(BLOCKS, width, outputs) for name, width in widths.items()}
        self.maps = {
            (name, index): Gram(BLOCKS, width, width) for name, width in widths.items() for index in self.mapped
        }
        self.reference: dict[str, Tensor] = {}

    def start_batch(self, batch: Batch) -> None:
        """Keep the features of the unchanged images."""
        self.reference = {
            layer.name: project(batch.features[layer.name].flatten(1), WIDTH) for layer in self.layers
        }

    def update(self, batch: Batch, view: View) -> None:
        """Add the products of features with the pose, and with the features of the unchanged images."""
        blocks = batch.positions * BLOCKS // self.count
        pose = view.transform.pose(batch.parameters)
        for layer in self.layers:
            features = project(view.features[layer.name].flatten(1), WIDTH)
            self.poses[layer.name].add(blocks, features, pose)
            if view.index in self.mapped:
                self.maps[layer.name, view.index].add(blocks, self.reference[layer.name], features)

    def compute(self) -> Iterator[Row]:
        """Yield each layer's pose decodability, as it is and at equal width, and its learned maps by level."""
        for layer in self.layers:
            poses = self.poses[layer.name]
            yield from sweep_row("pose_decodability", layer.name, held_out_r2(poses), self.count)
            equal = held_out_r2(poses, width=EQUAL_WIDTH)
            yield from sweep_row("pose_decodability_equal_width", layer.name, equal, self.count)
            for index in self.mapped:
                gram = self.maps[layer.name, index]
                learned = held_out_r2(gram)
                if np.isfinite(learned[0]):
                    low, high = percentile_interval(learned[1:])
                    yield {
                        "metric": "learned_map",
                        "layer": layer.name,
                        "level": self.levels[index],
                        "value": float(learned[0]),
                        "low": low,
                        "high": high,
                        "floor": float(identity_r2(gram)[0]),
                        "count": self.count,
                    }
