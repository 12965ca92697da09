"""A run as users of Python make it: resumed, extended, refused, told of as it goes."""

from pathlib import Path

import pytest

from runbench.errors import ConflictError, UnusableEnvironmentError, UsageError
from runbench.evaluation.cost import Costs
from runbench.pipeline.runner import Outcome
from runbench.pipeline.running import plan, run
from runbench.progress import silent
from runbench.store.run import open_run

PLUGIN = Path(__file__).parents[2] / "fixtures" / "plugins" / "linear.py"
SETTINGS = {"preset": "smoke", "limit": 40, "threads": 1, "device": "cpu"}


@pytest.fixture
def settings(tmp_path, own_registries):
    return {
        **SETTINGS,
        "plugins": [str(PLUGIN)],
        "models": ["linear"],
        "name": "mine",
        "output": tmp_path / "results",
    }


@pytest.fixture
def cheap(monkeypatch):
    """Measure costs in no time."""
    names = {"metric": "throughput", "unit": "images/s", "batch_size": 500}
    row = names | {"value": 1.0, "low": None, "high": None, "count": 1}
    monkeypatch.setattr("runbench.pipeline.runner.measure_apart", lambda request: Costs((row,)))


def states(suites, settings, **further):
    told: list[Outcome] = []
    stored = run(suites, progress=silent, on_outcome=told.append, **{**settings, **further})
    return stored, [(outcome.address, outcome.state) for outcome in told]


def test_a_run_is_given_back_as_it_is_stored_and_is_made_once(settings, cheap):
    stored, told = states("rotation", settings)
    assert told == [("rotation/linear-seed0", "done"), ("rotation/linear", "costs")]
    assert stored.metrics.equals(open_run(settings["output"] / "mine").metrics)
    assert len(stored.predictions("rotation", "linear")) == 40 * 24
    again, told = states(["rotation"], settings)
    assert told == [("rotation/linear-seed0", "kept")]
    assert again.manifest == stored.manifest


@pytest.mark.slow
def test_more_seeds_extend_it_and_every_call_is_kept(settings, cheap):
    first, _ = states("rotation", settings)
    extended, told = states("rotation", settings, seeds=[0, 1])
    assert told == [("rotation/linear-seed0", "kept"), ("rotation/linear-seed1", "done")]
    assert set(extended.cells) == {"rotation/linear-seed0", "rotation/linear-seed1"}
    assert extended.manifest["commands"][:-1] == first.manifest["commands"]
    assert extended.manifest["commands"][-1].startswith("runbench.run(['rotation'], ")


@pytest.mark.slow
def test_another_configuration_is_refused_until_it_overwrites(settings, cheap):
    states("rotation", settings)
    with pytest.raises(ConflictError, match="limit is 40 there and 30 now"):
        states("rotation", settings, limit=30)
    _, told = states("rotation", settings, limit=30, overwrite=True)
    assert told[0] == ("rotation/linear-seed0", "done")


@pytest.mark.parametrize(
    ("suites", "wrong", "error", "said"),
    [
        ("rotation", {"limit": 0}, UsageError, "limit 0 makes no sense"),
        ("rotatoin", {}, UsageError, "rotation"),
        ([], {}, UsageError, "name a suite"),
        ("rotation", {"models": ["linaer"]}, UsageError, "linear"),
        ("rotation", {"device": "cuda:99"}, UnusableEnvironmentError, "there is no device 'cuda:99'"),
        ("rotation", {"output": "no/such/parent"}, UnusableEnvironmentError, "cannot be written"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(settings, suites, wrong, error, said):
    with pytest.raises(error, match=said):
        states(suites, settings, **wrong)
    assert list(settings["output"].glob("mine/*.json")) == []


def test_a_plan_says_what_is_stored_and_changes_nothing(settings, cheap):
    planned = plan("rotation", **settings)
    assert [(one.cell.address, one.stored) for one in planned.cells] == [("rotation/linear-seed0", False)]
    assert not settings["output"].exists()
    states("rotation", settings)
    assert [one.stored for one in plan("rotation", **settings).cells] == [True]
    assert [one.stored for one in plan("rotation", overwrite=True, **settings).cells] == [False]
