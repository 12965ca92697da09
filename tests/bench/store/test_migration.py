"""A run that version 0.3 stored, cut to a few rows, is read as if it were of today."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from runbench.errors import ConflictError, DamagedFileError
from runbench.store import migration, schemas
from runbench.store.folders import RunFolder
from runbench.store.manifest import read_manifest
from runbench.store.run import open_run
from runbench.suites import SUITES
from runbench.tasks import LABEL, LABEL_SET

OLD_RUN = Path(__file__).parents[2] / "fixtures" / "run_0_3"


@pytest.fixture(scope="module")
def run():
    return open_run(OLD_RUN)


def test_nothing_is_missing_and_what_was_done_is_said(run):
    assert run.missing == ()
    assert run.migrated == migration.DONE
    assert "0.3" in run.migrated[0]


@pytest.mark.parametrize("name", ["metrics", "summary", "comparisons", "claims", "costs", "history"])
def test_tables_have_todays_columns_and_the_stored_numbers(run, name):
    stored = pd.read_csv(OLD_RUN / f"{name}.csv")
    table, schema = getattr(run, name), getattr(schemas, name.upper())
    assert set(schema.names) <= set(table.columns)
    assert len(table) == len(stored) > 0
    for column in table.select_dtypes("number"):
        pd.testing.assert_series_equal(table[column], stored[column], check_dtype=False)
    old = {"metrics": "score", "comparisons": "score", "costs": "cost", "history": "measure"}.get(name)
    if old is not None:
        assert table["metric"].tolist() == stored[old].tolist()


def test_kinds_are_tasks(run):
    tasks = run.metrics.groupby("suite")["task"].unique()
    assert {suite: list(names) for suite, names in tasks.items()} == {
        "rotation": ["label"],
        "overlap": ["label-set"],
    }
    assert set(run.part("probabilities")) == {"label", "label-set"}


def test_suites_are_those_of_today_at_the_stored_levels(run):
    assert {name: suite.levels for name, suite in run.suites.items()} == {
        "rotation": (-30.0, 0.0, 30.0),
        "overlap": (0.0, 0.2, 0.4),
    }
    assert (run.suites["rotation"].task, run.suites["overlap"].task) == (LABEL, LABEL_SET)
    assert run.suites["rotation"].question == SUITES["rotation"].question


def test_keys_of_the_manifest_are_in_snake_case(run):
    assert run.manifest["configuration"]["evaluation_batch_size"] == 500
    assert run.manifest["identity"]["data_sha256"] == run.manifest["data"]["sha256"]
    assert run.manifest["commands"][0].startswith("python run_bench.py --suite rotation")
    assert set(run.manifest["test_images"]) == {"rotation", "overlap"}
    cell = run.cells["rotation/baseline-seed0"]
    assert cell["identity"]["evaluation_seed"] == 20170
    assert set(cell["files"]) == {
        "predictions/rotation/baseline-seed0.parquet",
        "responses/rotation/baseline-seed0.parquet",
    }


@pytest.mark.parametrize(("suite", "task"), [("rotation", "label"), ("overlap", "label-set")])
def test_rows_of_a_cell_are_read(run, suite, task):
    predictions, features = run.predictions(suite, "baseline"), run.features(suite, "baseline")
    assert (list(predictions.columns), list(features.columns)) == (
        schemas.PREDICTIONS.names,
        schemas.FEATURES.names,
    )
    assert (set(predictions["task"]), set(features["task"])) == ({task}, {task})
    assert len(predictions) == 4 * len(run.suites[suite].levels)
    assert predictions["label_2"].isna().all() == (task == "label")


def test_features_of_all_cells_are_read(run):
    counted = run.all_features.groupby(["suite", "model"], observed=True).size().to_dict()
    assert counted == {
        (suite, model): len(run.features(suite, model))
        for suite, model in (("rotation", "baseline"), ("rotation", "augmented"), ("overlap", "baseline"))
    }


def test_a_changed_file_is_told_as_in_a_run_of_today(tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    changed = tmp_path / "run" / "predictions" / "rotation" / "baseline-seed0.parquet"
    changed.write_bytes(changed.read_bytes() + b"x")
    with pytest.raises(DamagedFileError, match="is not the file that was written"):
        open_run(tmp_path / "run").predictions("rotation", "baseline")


def test_a_suite_that_is_no_more_keeps_its_name_and_levels(tmp_path):
    shutil.copytree(OLD_RUN, tmp_path / "run")
    metrics = tmp_path / "run" / "metrics.csv"
    metrics.write_text(metrics.read_text().replace("rotation,", "rolling,"))
    gone = open_run(tmp_path / "run").suites["rolling"]
    assert (gone.name, gone.levels, gone.question) == ("rolling", (-30.0, 0.0, 30.0), "")


def test_it_is_not_extended():
    with pytest.raises(ConflictError, match=r"version 0\.3\.0, whose keys are other.*--name.*--overwrite"):
        read_manifest(RunFolder(OLD_RUN))


def test_a_run_of_today_is_left_as_it_is():
    manifest = {"format": migration.FORMAT, "cells": {}}
    assert migration.current(manifest) == (manifest, RunFolder(OLD_RUN).layout, ())
