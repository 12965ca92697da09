from fixtures.runs import manifest
from runbench.report.tables.settings import failed_table, settings_tables
from runbench.report.tables.table import Entry


def test_every_setting_of_a_manifest_stands_in_the_table_of_its_group():
    made = manifest("demo", {})
    tables = settings_tables(made)
    assert list(tables) == ["configuration", "versions", "hardware", "data", "run"]
    for group in ("configuration", "versions", "hardware", "data"):
        assert len(tables[group].rows) == len(made[group])
    assert (Entry("test images"), Entry("60")) in tables["data"].rows
    assert [row[0].text for row in tables["run"].rows] == ["git commit", "started", "finished"]


def test_what_stands_elsewhere_and_what_is_empty_is_left_out():
    assert (
        settings_tables({"name": "demo", "cells": {"a": 1}, "files": {"costs.csv": "0" * 64}, "hardware": {}})
        == {}
    )


def test_cells_that_are_done_are_not_listed():
    cells = {
        "turn/stn-seed0": {"state": "done"},
        "turn/stn-seed1": {"state": "diverged", "reason": "NaN"},
        "turn/stn-seed2": {},
    }
    assert failed_table(cells).rows == (
        (Entry("turn/stn-seed1"), Entry("diverged"), Entry("NaN")),
        (Entry("turn/stn-seed2"), Entry("unknown"), Entry("no reason given")),
    )
