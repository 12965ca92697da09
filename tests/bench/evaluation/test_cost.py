import pytest
import torch
from torch import nn

from runbench.evaluation.cost import CostRequest, measure_apart, measure_costs
from runbench.models.registry import get_model, register_model

REQUEST = CostRequest(
    model="known", network=f"{__name__}:Known()", plugins=(), preset="smoke", channels=1, classes=10, canvas=28,
    batch_size=50, device="cpu", precision="fp32", threads=1,
)  # fmt: skip


class Known(nn.Module):
    """Count what can be counted by hand: sampling, a convolution and a matrix product."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(1, 3, 5)
        self.linear = nn.Linear(3 * 24 * 24, 10, bias=False)

    def forward(self, images):
        grid = torch.zeros(len(images), 28, 28, 2)
        sampled = nn.functional.grid_sample(images, grid, align_corners=False)
        return self.linear(self.convolution(sampled).flatten(1))


@pytest.fixture
def costs(own_registries, monkeypatch):
    monkeypatch.setattr("runbench.evaluation.cost.MOST_SECONDS", 0.1)
    register_model("known", regime="clean")(lambda *_: Known())
    return {row["metric"]: row for row in measure_costs(REQUEST)}


def test_counts_are_those_made_by_hand(costs):
    assert costs["parameters"]["value"] == 3 * 25 + 3 + 3 * 24 * 24 * 10
    assert costs["auxiliary_parameters"]["value"] == 0
    assert costs["multiply_adds"]["value"] == 28 * 28 * 4 + 3 * 24 * 24 * 25 + 3 * 24 * 24 * 10


def test_times_are_medians_between_their_percentiles(costs):
    for name in ("throughput", "latency", "training_step"):
        row = costs[name]
        assert 0 < row["low"] <= row["value"] <= row["high"]
        assert row["count"] >= 1


def test_each_cost_names_its_own_batch_size(costs):
    sizes = {name: row["batch_size"] for name, row in costs.items()}
    assert (sizes["throughput"], sizes["latency"], sizes["training_step"], sizes["parameters"]) == (
        50,
        1,
        64,
        None,
    )


@pytest.mark.slow
def test_a_network_is_measured_in_a_process_of_its_own():
    request = CostRequest(
        **{**vars(REQUEST), "model": "baseline", "network": get_model("baseline").network, "batch_size": 200}
    )
    costs = {row["metric"]: row for row in measure_apart(request)}
    assert {name for name, row in costs.items() if row["low"] is None} == {
        "parameters", "auxiliary_parameters", "multiply_adds", "peak_memory", "training_peak_memory",
    }  # fmt: skip
    # the first convolution's output alone takes 200 x 16 x 28 x 28 values of four bytes
    assert costs["peak_memory"]["value"] >= 200 * 16 * 28 * 28 * 4 / 2**20
    assert costs["training_peak_memory"]["value"] >= 64 * 16 * 28 * 28 * 4 / 2**20


@pytest.mark.slow
def test_a_model_is_found_by_the_module_that_registers_it(tmp_path, monkeypatch):
    (tmp_path / "neighbour.py").write_text(
        "from torch import nn\n"
        "from runbench.models.registry import register_model\n"
        "@register_model('near', regime='clean')\n"
        "def build(in_channels, num_classes, image_size, preset):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, num_classes))\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    request = CostRequest(**{**vars(REQUEST), "model": "near", "network": "neighbour:build()"})
    costs = {row["metric"]: row["value"] for row in measure_apart(request)}
    assert costs["parameters"] == 28 * 28 * 10 + 10
