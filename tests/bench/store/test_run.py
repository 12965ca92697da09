import json
import shutil
from pathlib import Path

import pytest

from runbench.errors import UsageError
from runbench.store import files, tables
from runbench.store.migration import FORMAT
from runbench.store.run import open_run
from runbench.store.suites import described
from runbench.suites import SUITES

OLD_RUN = Path(__file__).parents[2] / "fixtures" / "run_0_3"
ODD = [None, "x", [[1]]]


@pytest.fixture
def folder(tmp_path):
    """Write a run of today's kind with two models on two suites."""
    run = open_run(OLD_RUN)
    target = tmp_path / "run"
    shutil.copytree(OLD_RUN, target, ignore=shutil.ignore_patterns("metrics.csv", "responses"))
    tables.write_metrics(target / "metrics.parquet", run.metrics)
    for name in ("comparisons", "costs", "history"):
        files.write_csv(target / f"{name}.csv", getattr(run, name))
    files.write_json(target / "manifest.json", run.manifest | {"format": FORMAT, "costs": {}})
    return target


def test_a_run_of_today_is_read_whole(folder):
    run, old = open_run(folder), open_run(OLD_RUN)
    assert (run.missing, run.migrated) == ((), ())
    for name in ("metrics", "summary", "comparisons", "claims", "costs", "history"):
        assert getattr(run, name).equals(getattr(old, name)), name
    assert run.name == "reference"
    assert run.models[["suite", "model"]].values.tolist() == [
        ["rotation", "baseline"],
        ["rotation", "augmented"],
        ["overlap", "baseline"],
    ]
    assert run.classes == tuple("0123456789")


def test_what_is_not_there_is_said_and_the_rest_is_read(folder):
    (folder / "metrics.parquet").unlink()
    (folder / "costs.csv").write_text("suite,model\nrotation,baseline\n")
    run = open_run(folder)
    assert run.metrics.empty
    assert run.costs.empty
    assert len(run.summary) == 3
    assert [line.split()[0] for line in run.missing] == ["metrics.parquet", "costs.csv"]


def test_no_folder_is_no_run(tmp_path):
    with pytest.raises(UsageError, match="there is no run in"):
        open_run(tmp_path / "none")


def test_a_cell_that_is_not_there_is_refused_and_those_that_are_named(folder):
    with pytest.raises(UsageError, match=r"no cell rotation/stn-seed0; it has rotation/baseline-seed0, "):
        open_run(folder).predictions("rotation", "stn")


def test_a_suite_explains_itself_after_it_was_renamed(folder):
    manifest = files.read_json(folder / "manifest.json")
    manifest["suites"]["rotation"] = described(SUITES["rotation"]) | {"question": "as it was asked then"}
    files.write_json(folder / "manifest.json", manifest)
    assert open_run(folder).suites["rotation"].question == "as it was asked then"


def test_odd_content_of_a_manifest_ends_no_reading(folder):
    whole = files.read_json(folder / "manifest.json")
    odd = [{**whole, key: value} for key in whole for value in ODD]
    odd += [{**whole, "suites": {**whole["suites"], "rotation": value}} for value in ODD]
    cell = whole["cells"]["rotation/baseline-seed0"]
    odd += [
        {**whole, "cells": {"rotation/baseline-seed0": {**cell, field: value}}} for field in cell for value in ODD
    ]
    for manifest in odd:
        (folder / "manifest.json").write_text(json.dumps(manifest))
        run = open_run(folder)
        assert set(run.suites) >= {"rotation", "overlap"}
        assert all(isinstance(suite.middle_of([0.0, 1.0]), int) for suite in run.suites.values())
        assert isinstance(run.missing, tuple)
        assert isinstance(run.classes, tuple)
        assert all(isinstance(dict(run.checksums(address)), dict) for address in run.cells)
