import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from torch import nn

from runbench.evaluation.cost import CostRequest, measure_apart, measure_costs
from runbench.models.registry import get_model
from runbench.models.spec import ModelSpec
from runbench.plugins import load_plugins


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


REQUEST = CostRequest(
    model=ModelSpec("known", lambda *_: Known(), "clean", "known", ""), plugins=(), preset="smoke",
    channels=1, classes=10, canvas=28, batch_size=50, device="cpu", precision="fp32", threads=1,
)  # fmt: skip


@pytest.fixture
def hasty(monkeypatch):
    """Time nothing for long."""
    monkeypatch.setattr("runbench.evaluation.cost.MOST_SECONDS", 0.1)


@pytest.fixture
def costs(hasty):
    return {row["metric"]: row for row in measure_costs(REQUEST).rows}


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


class Differing(Known):
    """A network that differentiates while it answers, which the counter of operations does not allow."""

    def forward(self, images):
        with torch.enable_grad():
            given = images.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self.convolution(given).sum(), given)
        return super().forward(images + slope)


class Frozen(Known):
    """A network with nothing to learn."""

    def __init__(self):
        super().__init__()
        self.requires_grad_(requires_grad=False)


def kept(kind):
    return measure_costs(replace(REQUEST, model=ModelSpec("kind", lambda *_: kind(), "clean", "kind", "")))


@pytest.mark.usefixtures("hasty")
def test_a_cost_that_fails_costs_itself_alone(costs):
    measured = kept(Differing)
    assert {row["metric"] for row in measured.rows} == costs.keys() - {"multiply_adds"}
    (problem,) = measured.problems
    assert problem.startswith("no multiply-adds (RuntimeError: ")


@pytest.mark.usefixtures("hasty")
def test_what_has_nothing_to_learn_has_no_costs_of_training(costs):
    measured = kept(Frozen)
    assert {row["metric"] for row in measured.rows} == costs.keys() - {"training_step", "training_peak_memory"}
    assert measured.problems == ()


@pytest.mark.slow
def test_a_network_is_measured_in_a_process_of_its_own():
    measured = measure_apart(replace(REQUEST, model=get_model("baseline"), batch_size=200))
    costs = {row["metric"]: row for row in measured.rows}
    assert {name for name, row in costs.items() if row["low"] is None} == {
        "parameters", "auxiliary_parameters", "multiply_adds", "peak_memory", "training_peak_memory",
    }  # fmt: skip
    # the first convolution's output alone takes 200 x 16 x 28 x 28 values of four bytes
    assert costs["peak_memory"]["value"] >= 200 * 16 * 28 * 28 * 4 / 2**20
    assert costs["training_peak_memory"]["value"] >= 64 * 16 * 28 * 28 * 4 / 2**20


NEAR = """
from torch import nn
from runbench import register_model

class Near(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.Flatten(), nn.Linear(28 * 28, classes))

@register_model("near", regime="clean")
def build(in_channels, num_classes, image_size, preset):
    return Near(num_classes)
"""
PARAMETERS = 28 * 28 * 10 + 10


@pytest.mark.slow
def test_a_model_of_a_plug_in_is_found_where_the_plug_in_is_loaded(tmp_path, own_registries):
    plugin = tmp_path / "mine.py"
    plugin.write_text(NEAR)
    assert not load_plugins([str(plugin)])
    (model, plugins) = get_model("near"), (str(plugin),)
    measured = measure_apart(replace(REQUEST, model=model, plugins=plugins))
    costs = {row["metric"]: row["value"] for row in measured.rows}
    assert costs["parameters"] == PARAMETERS


@pytest.mark.slow
def test_what_goes_wrong_there_is_said_in_a_line():
    with pytest.raises(RuntimeError, match=r"^TypeError: .* NoneType"):
        measure_apart(replace(REQUEST, model=ModelSpec("none", lambda *_: None, "clean", "none", "")))


RUN = """
import runbench as rb
from runbench.progress import silent

stored = rb.run("rotation", models=["near"], preset="smoke", limit=10, levels=[0, 90], threads=1, device="cpu",
                name="mine", output="results", progress=silent)
costs = stored.costs.set_index("metric")["value"]
print(int(costs["parameters"]), costs["peak_memory"] > 0, costs["latency"] > 0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("given", ["-c", "-", "script.py"], ids=["command", "standard input", "script"])
def test_a_network_that_a_script_defines_is_measured_apart_too(tmp_path, given):
    script = NEAR + RUN
    (tmp_path / "script.py").write_text(script)
    ran = subprocess.run(
        [sys.executable, *((given, script) if given == "-c" else (given,))],
        cwd=tmp_path, input=script, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [str(PARAMETERS), "True", "True"]
