import shutil

import pytest

from fixtures.runs import unguarded, write_run
from fixtures.suites import TURN
from runbench.errors import DamagedFileError
from runbench.store.folders import RunFolder
from runbench.store.run import open_run
from runbench.store.sums import checked, set_aside_damaged, sums_of, taken

TABLES = ("metrics.parquet", "summary.csv", "comparisons.csv", "claims.csv", "costs.csv", "history.csv")
OF_CELL = ("predictions/turn/stn-seed0.parquet", "features/turn/stn-seed0.parquet")
SHOWN = ("introspection/turn/samples.npz", "introspection/turn/stn-seed0.npz")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("results") / "whole", ("baseline", "stn"), (TURN,), images=20)


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def change_a_digit(path):
    """Change one digit of a text, one byte in the middle of any other file: none of it breaks a format."""
    content = bytearray(path.read_bytes())
    digits = [place for place, byte in enumerate(content) if chr(byte) in "123"] if path.suffix == ".csv" else []
    content[digits[-1] if digits else len(content) // 2] ^= 4
    path.write_bytes(content)


def test_every_file_of_a_run_has_its_sum_in_the_manifest(run):
    stored = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(open_run(run).files.sums) == stored
    assert {*TABLES, *OF_CELL, *SHOWN} < stored


@pytest.mark.parametrize("name", TABLES)
def test_one_digit_of_a_table_is_noticed_and_said_in_a_line(run, name):
    change_a_digit(run / name)
    opened = open_run(run)
    (said,) = opened.missing
    assert said.startswith(f"{name} is not the file that was written")
    assert said.endswith("run the same command again to make it anew.")
    assert getattr(opened, name.partition(".")[0]).empty


@pytest.mark.parametrize("name", OF_CELL)
def test_one_byte_of_a_cells_table_is_noticed(run, name):
    change_a_digit(run / name)
    with pytest.raises(DamagedFileError, match=rf"{name} is not the file.*run the same command again"):
        getattr(open_run(run), name.partition("/")[0])("turn", "stn")


@pytest.mark.parametrize("name", SHOWN)
def test_one_byte_of_what_is_shown_is_noticed(run, name):
    change_a_digit(run / name)
    with pytest.raises(DamagedFileError, match=rf"{name} is not the file.*run the same command again"):
        open_run(run).samples("turn", ["stn"])


def test_features_of_a_changed_cell_are_left_out_of_the_runs_and_named(run):
    change_a_digit(run / "features/turn/stn-seed0.parquet")
    (said,) = open_run(run).missing
    assert "stn-seed0.parquet is not the file that was written" in said


@pytest.mark.parametrize("name", TABLES)
def test_a_run_that_noted_no_sums_opens_as_it_lies(run, name):
    unguarded(run)
    before = getattr(open_run(run), name.partition(".")[0])
    assert not before.empty
    assert open_run(run).files.sums == {}


def test_files_that_are_no_more_what_was_written_are_set_aside_and_those_unknown_stay(run):
    names = ("costs.csv", "history.csv", "summary.csv", "claims.csv")
    costs, history, summary, claims = (run / name for name in names)
    folder = RunFolder(run, sums=taken(RunFolder(run), [costs, history, summary]))
    change_a_digit(costs)
    change_a_digit(claims)
    history.unlink()
    assert set_aside_damaged(folder, [costs, history, summary, claims]) == [costs, history]
    assert [path.exists() for path in (costs, summary, claims)] == [False, True, True]
    assert (run / "costs.csv.corrupt").exists()
    with pytest.raises(DamagedFileError, match=r"costs\.csv is gone"):
        checked(folder, costs)


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, [[1]]])
def test_odd_parts_of_a_manifest_hold_no_sums(odd):
    assert sums_of({"files": odd, "cells": odd}) == {}
    assert sums_of({"files": {"a": "1"}, "cells": {"x": odd, "y": {"files": {"b": "2"}}}}) == {"a": "1", "b": "2"}
