"""A stored run as Python users and notebooks see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbench.errors import UsageError
from runbench.store.run import StoredRun, open_run

REFERENCE = Path(__file__).parents[3] / "results" / "reference"


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
