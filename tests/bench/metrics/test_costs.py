import pytest
from torch import nn

from runbench.evaluation.cost import CostRequest, measure_costs
from runbench.metrics.costs import COSTS
from runbench.models.spec import ModelSpec


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.setattr("runbench.evaluation.cost.MOST_SECONDS", 0.1)
    model = ModelSpec("known", lambda *_: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), "clean", "known", "")
    request = CostRequest(
        model=model, plugins=(), preset="smoke", channels=1, classes=10, canvas=28,
        batch_size=50, device="cpu", precision="fp32", threads=1,
    )  # fmt: skip
    return {row["metric"]: row for row in measure_costs(request).rows}


def test_the_table_names_what_is_measured(measured):
    assert {cost.name for cost in COSTS} == set(measured)
    assert {cost.of for cost in COSTS} == {"cost"}


def test_what_is_counted_has_no_unit_and_what_is_measured_has_one(measured):
    whole = {"parameters", "auxiliary_parameters", "multiply_adds"}
    assert {cost.name for cost in COSTS if not cost.unit} == whole
    assert {name for name, row in measured.items() if row["unit"] == "ms"} == {"latency", "training_step"}


def test_only_of_a_rate_is_more_better():
    assert [cost.name for cost in COSTS if cost.better == "higher"] == ["throughput"]
    assert all(cost.unit.endswith("/s") for cost in COSTS if cost.better == "higher")
