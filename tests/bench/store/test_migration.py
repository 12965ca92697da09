"""A run that version 0.3 really stored is read as one of today, and says what was done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

import runbench
from runbench.analysis.tables import analyse
from runbench.errors import BenchError
from runbench.progress import silent
from runbench.store import schemas
from runbench.store.migration import FORMAT, current
from runbench.store.run import StoredRun, open_run

STORED = Path(__file__).parents[2] / "fixtures" / "run_0_3"
"""`--suite rotation --levels 90 180 --limit 20 --models baseline --preset smoke`, by version 0.3."""


@pytest.fixture(scope="module")
def run() -> StoredRun:
    return open_run(STORED)


def old(name: str) -> pd.DataFrame:
    return pd.read_csv(STORED / f"{name}.csv", keep_default_na=False, na_values=[""])


def test_it_says_what_was_done(run: StoredRun) -> None:
    assert run.migrated
    assert all("\n" not in line for line in run.migrated)
    assert "0.3" in run.migrated[0]
    assert not run.missing


def test_every_number_is_the_one_that_was_stored(run: StoredRun) -> None:
    assert run.metrics["metric"].tolist() == old("metrics")["score"].tolist()
    assert set(run.metrics["task"]) == {"label"}
    for column in ("level", "value", "low", "high", "count"):
        pd.testing.assert_series_equal(run.metrics[column], old("metrics")[column])
    assert run.costs["value"].tolist() == old("costs")["value"].tolist()
    assert run.history["value"].tolist() == old("history")["value"].tolist()


def test_rows_features_and_pictures_are_found(run: StoredRun) -> None:
    rows = run.predictions("rotation", "baseline", seed=0)
    assert list(rows.columns) == schemas.PREDICTIONS.names
    assert len(rows) == 20 * 3
    accuracy = run.metrics[(run.metrics["metric"] == "accuracy") & (run.metrics["subset"] == "all")]
    expected = rows.groupby("level")["correct"].mean()
    assert accuracy.dropna(subset="level").set_index("level")["value"].to_dict() == expected.to_dict()
    assert set(run.features("rotation", "baseline")["metric"]) >= {"prediction_distance"}
    samples = run.samples("rotation", ["baseline"])
    assert samples is not None
    assert samples.images.shape[1] == 3


def test_todays_analysis_of_its_rows_gives_its_tables(run: StoredRun) -> None:
    made = analyse(run)
    stored = run.metrics.set_index(["metric", "level", "subset"])["value"]
    again = made.metrics.set_index(["metric", "level", "subset"])["value"]
    pd.testing.assert_series_equal(again.astype(float), stored.astype(float), rtol=1e-8)


def test_the_suite_keeps_the_levels_that_were_measured(run: StoredRun) -> None:
    assert run.suites["rotation"].levels == (0.0, 90.0, 180.0)


def test_a_report_is_written_of_it(run: StoredRun, tmp_path: Path) -> None:
    assert "baseline" in runbench.write_report(run, tmp_path).read_text(encoding="utf-8")


def test_it_is_not_extended_in_silence(tmp_path: Path) -> None:
    shutil.copytree(STORED, tmp_path / "run_0_3")
    with pytest.raises(BenchError, match="run_0_3"):
        runbench.run(
            "rotation", models=["baseline"], preset="smoke", name="run_0_3", output=tmp_path, progress=silent
        )


def test_a_run_of_today_is_left_alone() -> None:
    manifest = {"format": FORMAT, "name": "mine", "cells": {}}
    assert current(manifest)[0] == manifest
    assert not current(manifest)[2]
