import numpy as np
import pytest

from fixtures.comparison_runs import answers, measured, store
from fixtures.suites import TURN
from runbench.analysis.comparison.compare import compare
from runbench.store.run import read_run


@pytest.fixture
def runs(tmp_path):
    return tuple(store(tmp_path / name, [answers(TURN, "stn")]) for name in ("first", "second"))


def test_measures_with_resamples_are_paired(runs):
    parameters = np.random.default_rng(2).normal(0.6, 0.1, (2, 1001)).astype(np.float32)
    for run, resamples in zip(runs, parameters, strict=True):
        row = {"layer": "fc", "metric": "pose_decodability", "value": float(resamples[0]), "resamples": resamples}
        measured(run, [row])
    (found,) = compare(*map(read_run, runs)).features.to_dict(orient="records")
    bounds = np.quantile(parameters[0, 1:].astype(float) - parameters[1, 1:], [0.025, 0.975])
    assert found["paired"]
    assert [found["low"], found["high"]] == pytest.approx(bounds, abs=1e-6)
    assert found["difference"] == pytest.approx(float(parameters[0, 0] - parameters[1, 0]), abs=1e-6)
    assert (found["layer"], found["metric"]) == ("fc", "pose_decodability")


def test_other_measures_have_independent_intervals_where_they_have_any(runs):
    bounded = {"layer": "fc", "metric": "lie_derivative", "value": 0.5, "low": 0.4, "high": 0.8}
    bare = {"layer": "fc", "metric": "dead_units", "value": 0.25}
    measured(runs[0], [bounded, bare])
    measured(runs[1], [bounded | {"value": 0.7, "low": 0.4, "high": 0.9}, bare])
    first, second = compare(*map(read_run, runs)).features.to_dict(orient="records")
    assert first["difference"] == pytest.approx(-0.2)
    assert first["low"] == pytest.approx(-0.2 - np.hypot(0.1, 0.2))
    assert first["high"] == pytest.approx(-0.2 + np.hypot(0.3, 0.3))
    assert not first["paired"]
    assert second["difference"] == 0
    assert np.isnan(second["low"])


def test_measures_of_one_level_and_of_one_run_alone_are_left_out(runs):
    measured(
        runs[0],
        [{"metric": "dead_units", "value": 1.0}, {"metric": "prediction_distance", "level": 1.0, "value": 2.0}],
    )
    assert compare(*map(read_run, runs)).features.empty
    measured(
        runs[1],
        [{"metric": "dead_units", "value": 0.5}, {"metric": "prediction_distance", "level": 1.0, "value": 2.0}],
    )
    (found,) = compare(*map(read_run, runs)).features.to_dict(orient="records")
    assert found["metric"] == "dead_units"
    assert found["difference"] == 0.5


def test_means_over_seeds_are_compared(tmp_path):
    runs = [
        store(tmp_path / name, [answers(TURN, "stn", seed) for seed in (0, 1)]) for name in ("first", "second")
    ]
    for run, values in zip(runs, ((1.0, 2.0), (4.0, 8.0)), strict=True):
        for seed, value in enumerate(values):
            measured(run, [{"metric": "dead_units", "value": value}], seed)
    (found,) = compare(*map(read_run, runs)).features.to_dict(orient="records")
    assert (found["value_a"], found["value_b"], found["seeds_a"]) == (1.5, 6.0, 2)
