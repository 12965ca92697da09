from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[1] / "fixtures" / "plugins"


@pytest.fixture
def arguments(tmp_path, own_registries) -> list[str]:
    """Return a command line that runs two linear models in a few seconds."""
    return [
        *("--suite", "rotation", "--preset", "smoke", "--limit", "40", "--threads", "1", "--device", "cpu"),
        *("--plugin", str(PLUGINS / "linear.py"), "--models", "linear", "linear-augmented"),
        *("--output", str(tmp_path / "results"), "--reports", str(tmp_path / "reports")),
    ]


@pytest.fixture
def configuration(arguments):
    """Return what that command line asks for."""
    from runbench.cli.parser import parse
    from runbench.cli.running import settings_of
    from runbench.pipeline.resolve import resolve

    options = parse("run-bench", arguments)
    return resolve(options.suites, **settings_of(options))


@pytest.fixture
def cheap(monkeypatch):
    """Leave costs and report to their own tests: elsewhere they take no time."""
    monkeypatch.setattr(
        "runbench.report.writing.write_report", lambda results, destination: destination / "index.html"
    )
    row = {
        "metric": "parameters",
        "unit": "",
        "batch_size": None,
        "value": 1.0,
        "low": None,
        "high": None,
        "count": 1,
    }
    from runbench.evaluation.cost import Costs

    monkeypatch.setattr("runbench.pipeline.runner.measure_apart", lambda request: Costs((row,)))
