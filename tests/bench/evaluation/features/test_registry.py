"""Feature metrics from outside are measured beside ours, on the models and suites that they apply to."""

from typing import final

import pytest
import torch
from torch import nn

import runbench
from runbench.data.test_images import CPU, lay_out
from runbench.evaluation.features import feature_metric
from runbench.evaluation.features.feature_metric import FeatureMetric
from runbench.evaluation.features.registry import feature_metrics
from runbench.suites import SUITES

LAYER = "network.0 (convolution)"


@final
class ImagesSeen(FeatureMetric):
    """How many images passed at how many levels, on suites of rotations alone."""

    order = 15

    @classmethod
    def of(cls, subject):
        return cls() if subject.suite.name == "rotation" else None

    def __init__(self):
        self.calls = []

    def start_batch(self, batch):
        self.calls.append(("start", len(batch.positions)))

    def update(self, batch, view):
        assert view.features[LAYER].shape[0] == len(batch.positions)
        self.calls.append(("level", view.transform.level))

    def end_batch(self, batch):
        self.calls.append(("end", len(batch.positions)))

    def compute(self):
        yield {"metric": "calls", "layer": LAYER, "value": self.calls, "count": 0}


@final
class MeanFeature(FeatureMetric):
    """The mean of a layer's features at each level, of the first 20 images."""

    images = 20

    @classmethod
    def of(cls, subject):
        return cls()

    def __init__(self):
        self.values = {}

    def update(self, batch, view):
        assert len(batch) == len(view.images) == len(view.features[LAYER])
        self.values.setdefault(view.transform.level, []).extend(view.features[LAYER].mean(dim=(1, 2, 3)).tolist())

    def compute(self):
        for level, values in self.values.items():
            value = sum(values) / len(values)
            yield {"metric": "mean_feature", "layer": LAYER, "level": level, "value": value, "count": len(values)}


@pytest.fixture
def _registered(own_registries):
    for metric in (ImagesSeen, MeanFeature):
        runbench.register_feature_metric(metric)


def network():
    return nn.Sequential(nn.Conv2d(1, 2, 5, stride=3), nn.Flatten(), nn.LazyLinear(4))


@pytest.mark.usefixtures("_registered")
def test_a_metric_from_outside_is_given_every_batch_and_level(measured):
    row = measured(network(), levels=(-30.0, 0.0), count=70).of("calls", LAYER)
    level = [("level", -30.0), ("level", 0.0)]
    assert row["value"] == [("start", 64), *level, ("end", 64), ("start", 6), *level, ("end", 6)]


@pytest.mark.usefixtures("_registered")
def test_its_rows_stand_in_its_order(measured):
    metrics = [row["metric"] for row in measured(network(), levels=(-30.0, 0.0)) if row["layer"] == LAYER]
    assert metrics[:2] == ["calls", "feature_distance"]


@pytest.mark.usefixtures("_registered")
def test_it_is_left_out_where_it_does_not_apply(measured):
    assert measured(network(), suite="translation", levels=(0.0, 2.0)).all("calls") == []


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("size", [7, 64])
def test_it_is_given_as_many_of_the_first_images_as_it_takes(measured, digits, monkeypatch, size):
    monkeypatch.setattr(feature_metric, "BATCH", size)
    model = network()
    rows = measured(model, levels=(0.0, 90.0), count=30)
    images = lay_out(SUITES["rotation"], "test", digits, 20).objects(torch.arange(20), CPU)
    for level, quarters in ((0.0, 0), (90.0, 1)):
        row = rows.of("mean_feature", LAYER, level)
        expected = float(model[0](torch.rot90(images, quarters, (2, 3))).detach().mean())
        assert (row["value"], row["count"]) == (pytest.approx(expected, rel=1e-4), 20)


def test_the_order_is_rising_and_no_two_share_a_place():
    orders = [metric.order for metric in feature_metrics()]
    assert orders == sorted(set(orders))
