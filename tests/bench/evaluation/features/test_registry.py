"""Feature metrics from outside are measured beside ours, on the models and suites that they apply to."""

from typing import final

import pytest
from torch import nn

from runbench.errors import RegistrationError
from runbench.evaluation.features.feature_metric import FEATURE_METRICS, FeatureMetric, register_feature_metric
from runbench.evaluation.features.registry import feature_metrics

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


@pytest.fixture
def _registered():
    feature_metrics()
    register_feature_metric(ImagesSeen)
    yield
    del FEATURE_METRICS["ImagesSeen"]


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


def test_a_name_that_is_taken_is_refused():
    first = feature_metrics()[0]
    with pytest.raises(RegistrationError, match=f"{first.__name__} is registered already"):
        register_feature_metric(first)


def test_the_order_is_rising_and_no_two_share_a_place():
    orders = [metric.order for metric in feature_metrics()]
    assert orders == sorted(set(orders))
