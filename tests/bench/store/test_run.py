"""A stored run as Python users and notebooks see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runbench.errors import UsageError
from runbench.store import files
from runbench.store.folders import RunFolder
from runbench.store.migration import FORMAT
from runbench.store.run import StoredRun, open_run
from runbench.store.suites import described
from runbench.store.tables import write_metrics
from runbench.suites import SUITES

REFERENCE = Path(__file__).parents[3] / "results" / "reference"
OLD = Path(__file__).parents[2] / "fixtures" / "run_0_3"


@pytest.fixture(scope="module")
def run() -> StoredRun:
    return open_run(REFERENCE)


def test_it_is_one_line_that_says_what_is_there(run: StoredRun) -> None:
    done = sum(cell["state"] == "done" for cell in run.cells.values())
    assert repr(run).startswith("StoredRun(")
    assert f"{done} done" in repr(run)
    assert "\n" not in repr(run)
    assert len(repr(run)) < 300


def test_a_notebook_shows_a_row_for_every_suite_and_model(run: StoredRun) -> None:
    assert run._repr_html_().count("<tr") == 1 + len(run.summary)


def test_an_empty_folder_is_shown_with_what_it_lacks(tmp_path: Path) -> None:
    empty = open_run(tmp_path)
    assert "cells: none" in repr(empty)
    assert "manifest.json is not there" in empty._repr_html_()


def test_what_is_not_kept_is_named(run: StoredRun) -> None:
    assert set(run.missing) == {"costs.csv is not there.", "history.csv is not there."}


def test_a_cell_that_there_is_not_is_refused_with_those_there_are(run: StoredRun) -> None:
    with pytest.raises(UsageError, match="rotation/baseline-seed0"):
        run.predictions("rotation", "nobody")


def test_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run in"):
        open_run(tmp_path / "nowhere")


@pytest.fixture
def small(tmp_path: Path) -> RunFolder:
    """Write a run of today, of one cell."""
    run, folder = open_run(OLD), RunFolder(tmp_path)
    write_metrics(folder.metrics, run.metrics)
    files.write_json(folder.manifest, run.manifest | {"format": FORMAT, "costs": {}})
    return folder


def test_a_suite_explains_itself_after_it_was_renamed(small: RunFolder) -> None:
    manifest = files.read_json(small.manifest)
    manifest["suites"]["rotation"] = described(SUITES["rotation"]) | {"question": "as it was asked then"}
    files.write_json(small.manifest, manifest)
    assert open_run(small.path).suites["rotation"].question == "as it was asked then"


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [[1]], {"a": 1}])
def test_odd_content_of_a_manifest_ends_no_reading(small: RunFolder, odd: object) -> None:
    whole = files.read_json(small.manifest)
    address, cell = next(iter(whole["cells"].items()))
    changed = [{**whole, key: odd} for key in whole if key != "format"]
    changed += [{**whole, "suites": {"rotation": odd}}, {**whole, "cells": {address: odd}}]
    changed += [{**whole, "cells": {address: {**cell, key: odd}}} for key in cell]
    for manifest in changed:
        small.manifest.write_text(json.dumps(manifest), encoding="utf-8")
        run = open_run(small.path)
        assert run.suites["rotation"].middle_of([0.0, 1.0]) == 0
        assert isinstance(run.files.sums, dict)
        assert (isinstance(run.missing, tuple), isinstance(run.classes, tuple)) == (True, True)
        assert repr(run).startswith("StoredRun(")
        assert run._repr_html_()
