"""The pass as a whole: what its rows look like, for how few images it works, and what does not change them."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from fixtures.known_networks import FIRST, FLAT, LATTICED, QUARTERS, SECOND, stack
from runbench.cli.main import main
from runbench.data.test_images import lay_out
from runbench.evaluation.features import feature_metric, linear_maps
from runbench.evaluation.features.lie import SCORES
from runbench.evaluation.features.measure import measure_features
from runbench.evaluation.layers import PENULTIMATE
from runbench.metrics.registry import feature_metrics
from runbench.models.registry import get_model
from runbench.progress import silent
from runbench.store import files, schemas, tables
from runbench.suites import SUITES

CPU = torch.device("cpu")
PLUGIN = Path(__file__).parents[3] / "fixtures" / "plugins" / "shy.py"
CELL = {"suite": "rotation", "task": "label", "model": "m", "architecture": "a", "regime": "clean", "seed": 0}
FEW = {"rotation": (0.0, 30.0, 90.0), "translation": (0.0, 2.0), "elastic": (0.0, 2.0), "overlap": (0.0, 0.5)}


def network():
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 5, stride=2), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.AdaptiveAvgPool2d(3)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(36, 10))


def built_in(name, suite):
    torch.manual_seed(0)
    return get_model(name).build(1, 10, (suite.canvas, suite.canvas), "smoke")


def few_levels(name):
    return replace(SUITES[name], levels=FEW[name])


def stored(rows, path):
    tables.write_features(path, [CELL | row for row in rows])
    return tables.read_features(path)


@pytest.fixture(scope="module")
def both(digits):
    """Return the rows of two models that show all that they have, of enough images for every metric."""
    suite = few_levels("rotation")
    images = lay_out(suite, "test", digits, 120)
    with pytest.MonkeyPatch.context() as patch:
        # Linear maps of all units take longer than everything else
        patch.setattr(linear_maps, "WIDTH", 110)
        return {
            name: measure_features(built_in(name, suite), (), images, CPU, silent, "")
            for name in ("stn", "capsnet")
        }


@pytest.fixture(params=["stn", "capsnet"])
def everything(request, both):
    """Return the rows of one of them."""
    return both[request.param]


def test_rows_are_of_the_schema_and_come_back_from_a_file(everything, tmp_path):
    assert all(set(row) <= set(schemas.FEATURES.names) for row in everything)
    frame = stored(everything, tmp_path / "rows.parquet")
    assert frame.columns.tolist() == schemas.FEATURES.names
    assert len(frame) == len(everything)
    assert frame["value"].tolist() == [row["value"] for row in everything]
    assert np.isfinite(frame["value"]).all()
    assert not frame.duplicated(["metric", "layer", "level", "dimension"]).any()
    bounded = frame.dropna(subset=["low", "high"])
    assert len(bounded) > len(frame) / 3
    assert (bounded["low"] <= bounded["high"]).all()


def test_rows_are_what_the_table_of_metrics_says(everything):
    seen = {row["metric"] for row in everything}
    assert len(seen) > 14
    for row in everything:
        metric = feature_metrics()[row["metric"]]
        assert (row.get("level") is None) == (metric.over == "sweep"), metric.name
        assert (row.get("layer") is not None) == (metric.of == "layer"), metric.name
        assert (row.get("dimension") is not None) == (metric.of == "dimension"), metric.name
        assert (row.get("resamples") is not None) == metric.resampled, metric.name
        assert metric.floor or row.get("floor") is None, metric.name
        assert 0 < row["count"] <= 120


def test_every_metric_has_rows_somewhere(both):
    seen = {row["metric"] for rows in both.values() for row in rows}
    assert seen == set(feature_metrics())


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("suite", FEW)
@pytest.mark.parametrize("model", ["baseline", "stn", "capsnet"])
def test_a_few_images_are_enough(digits, tmp_path, model, suite, count):
    images = lay_out(few_levels(suite), "test", digits, count)
    rows = measure_features(built_in(model, few_levels(suite)), (), images, CPU, silent, "")
    frame = stored(rows, tmp_path / "rows.parquet")
    assert np.isfinite(frame["value"]).all()
    assert (frame["count"] <= count).all()
    assert frame["metric"].eq("prediction_distance").sum() == len(FEW[suite])
    # One image has no other to be compared with
    assert frame["metric"].eq("feature_distance").any() == (count > 1)


def test_a_set_of_changed_images_is_compared_with_the_unchanged_ones(measured):
    rows = measured(network(), "stn-r", count=10)
    assert rows.levels("prediction_distance") == [1.0]
    assert rows.of("prediction_distance", level=1.0)["value"] > 0
    assert rows.all("feature_distance")


def test_a_set_of_pairs_has_no_unchanged_images(measured):
    assert measured(nn.Sequential(nn.Flatten(), nn.LazyLinear(10)), "multimnist", count=5) == []


def numbers_of(rows):
    """Return each row's address with its numbers."""
    return {
        (row["metric"], row["layer"], row.get("level")): [
            row.get(name) for name in ("value", "low", "high", "floor")
        ]
        for row in rows
    }


@pytest.mark.slow
@pytest.mark.parametrize("batch", [3, 33])
def test_batches_of_any_size_give_the_same_rows(measured, monkeypatch, batch):
    expected = measured(network(), levels=FEW["rotation"], count=100)
    monkeypatch.setattr(feature_metric, "BATCH", batch)
    found = measured(network(), levels=FEW["rotation"], count=100)
    assert [row["metric"] for row in found] == [row["metric"] for row in expected]
    numbers = numbers_of(found)
    for address, values in numbers_of(expected).items():
        for value, other in zip(values, numbers[address], strict=True):
            assert (value is None) == (other is None), address
            assert value is None or other == pytest.approx(value, rel=1e-3, abs=1e-5), address


def test_the_same_images_give_the_same_rows(measured):
    one, other = (measured(network(), levels=(0.0, 45.0), count=70) for _ in range(2))
    assert numbers_of(one) == numbers_of(other)
    assert all(np.array_equal(a.get("resamples"), b.get("resamples")) for a, b in zip(one, other, strict=True))


def test_answers_that_are_not_finite_are_left_out(measured):
    class Forgetful(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = network()

        def forward(self, images):
            scores = self.inner(images)
            return scores.masked_fill(images.sum(dim=(1, 2, 3))[:, None] < 60, torch.nan)

    rows = measured(Forgetful(), levels=(0.0, 90.0), count=80)
    row = rows.of("prediction_distance", level=90.0)
    assert 0 < row["count"] < 80
    assert row["value"] > 0
    assert all(np.isfinite(row["value"]) for row in rows)
    assert rows.all("pose_decodability")


def test_features_that_are_not_finite_cost_their_own_rows(measured):
    class Blind(nn.Module):
        def forward(self, features):
            return features.masked_fill(features.mean(dim=(1, 2, 3), keepdim=True) > 0.03, torch.nan)

    layers = nn.Conv2d(1, 4, 5, stride=2), Blind(), nn.Conv2d(4, 2, 3, stride=3), nn.Flatten(), nn.LazyLinear(10)
    rows = measured(nn.Sequential(*layers), levels=(0.0, 90.0), count=80)
    assert all(np.isfinite(row["value"]) for row in rows)
    assert rows.of("equivariance_error", "network.0 (convolution)", 90.0)


@pytest.mark.usefixtures("cheap")
def test_a_plug_in_that_does_not_let_itself_be_measured_loses_these_rows_alone(arguments, tmp_path):
    weights = tmp_path / "shy.safetensors"
    save_file({"linear.weight": torch.randn(10, 784), "linear.bias": torch.zeros(10)}, weights)
    given = ["--models", "shy", "--weights", f"shy={weights}", "--levels", "0", "90"]
    assert main([*arguments, "--plugin", str(PLUGIN), *given]) == 0
    (folder,) = (path.parent for path in (tmp_path / "results").glob("*/manifest.json"))
    (cell,) = files.read_json(folder / "manifest.json")["cells"].values()
    assert cell["state"] == "done"
    assert "no metrics of features (RuntimeError: that is private)" in cell["reason"]
    address = "rotation/shy-seed0.parquet"
    assert tables.read_features(folder / "features" / address).empty
    assert len(tables.read_predictions(folder / "predictions" / address)) == 80


def test_layers_come_in_the_order_of_passing_and_the_network_last(measured):
    rows = measured(stack(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3)), levels=QUARTERS)
    order = [FIRST, SECOND, PENULTIMATE, "behind"]
    places = [order.index(row["layer"] if row["layer"] in order else "behind") for row in rows]
    assert all(before <= after for before, after in pairwise(places))


def test_there_is_no_row_where_there_is_no_grid(measured):
    rows = measured(stack(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1)), levels=QUARTERS, count=60)
    for metric in LATTICED:
        assert {row["layer"] for row in rows.all(metric)} <= {FIRST, SCORES}
    for metric in FLAT:
        assert {row["layer"] for row in rows.all(metric)} == {PENULTIMATE}
    # Of sixty images no unit can fire at one in a hundred
    pooled = {row["metric"] for row in rows if row["layer"] == "network.1 (pooling)"}
    assert pooled == {"feature_distance", "dead_units", "level_variance", "normalised_variance"}
