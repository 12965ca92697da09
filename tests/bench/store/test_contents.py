import pandas as pd
import pyarrow as pa
import pytest

from runbench.errors import DamagedFileError
from runbench.store.contents import is_whole, no_features, put_rows, read_all_features, read_features, read_rows
from runbench.store.files import sha256, write_csv
from runbench.store.folders import RunFolder
from runbench.store.tables import write_features

SCHEMA = pa.schema([("model", pa.string()), ("seed", pa.int64()), ("value", pa.float64())])


def test_rows_of_the_same_address_are_replaced_and_others_stay(tmp_path):
    folder = RunFolder(tmp_path)
    for model, seed, value in (("a", 0, 1.0), ("a", 1, 2.0), ("b", 0, 3.0), ("a", 0, 9.0)):
        rows = pd.DataFrame([{"model": model, "seed": seed, "value": value}])
        put_rows(folder, "costs", SCHEMA, {"model": model, "seed": seed}, rows)
    stored = {(row.model, row.seed): row.value for row in read_rows(folder, "costs", SCHEMA).itertuples()}
    assert stored == {("a", 0): 9.0, ("a", 1): 2.0, ("b", 0): 3.0}


def test_no_rows_remove_what_was_there(tmp_path):
    folder = RunFolder(tmp_path)
    write_csv(folder.table("costs"), pd.DataFrame([{"model": "a", "seed": 0, "value": 1.0}]))
    put_rows(folder, "costs", SCHEMA, {"model": "a"}, pd.DataFrame(columns=SCHEMA.names))
    assert read_rows(folder, "costs", SCHEMA).empty


def test_a_table_of_another_kind_is_as_if_it_were_not_there(tmp_path):
    folder = RunFolder(tmp_path)
    write_csv(folder.table("costs"), pd.DataFrame([{"model": "a", "seed": 0, "value": "much"}]))
    assert read_rows(folder, "costs", SCHEMA).empty


def test_a_file_that_is_gone_or_changed_is_said(tmp_path):
    folder = RunFolder(tmp_path)
    path = folder.features("rotation/stn-seed0")
    with pytest.raises(DamagedFileError, match="is gone"):
        read_features(folder, "rotation/stn-seed0")
    write_features(path, [])
    sums = {folder.name(path): sha256(path)}
    folder = RunFolder(tmp_path, sums=sums)
    assert read_features(folder, "rotation/stn-seed0").empty
    assert not is_whole(folder, "rotation/stn-seed0", sums)
    write_features(path, [{"metric": "dead_units", "value": 1.0}])
    with pytest.raises(DamagedFileError, match="is not the file that was written"):
        read_features(folder, "rotation/stn-seed0")


ROW = {"suite": "rotation", "task": "label", "model": "stn", "architecture": "stn", "regime": "clean", "seed": 0,
       "metric": "dead_units", "value": 0.25, "resamples": [0.25, 0.5]}  # fmt: skip


def test_rows_of_all_cells_are_read_without_resamples(tmp_path):
    folder = RunFolder(tmp_path)
    for seed in (0, 1):
        write_features(folder.features(f"rotation/stn-seed{seed}"), [ROW | {"seed": seed}])
    table, problems = read_all_features(folder)
    assert problems == ()
    assert list(table.columns) == list(no_features().columns)
    assert "resamples" not in table
    assert table[["seed", "value"]].values.tolist() == [[0, 0.25], [1, 0.25]]


def test_a_run_without_features_lacks_nothing(tmp_path):
    table, problems = read_all_features(RunFolder(tmp_path))
    assert (len(table), problems) == (0, ())
    pd.testing.assert_frame_equal(table, no_features())


def test_what_is_damaged_or_nameless_is_left_out_and_said(tmp_path):
    folder = RunFolder(tmp_path)
    write_features(folder.features("rotation/whole-seed0"), [ROW])
    write_features(folder.features("rotation/nameless-seed0"), [ROW | {"model": None}])
    folder.features("rotation/cut-seed0").write_bytes(b"PAR1")
    table, problems = read_all_features(folder)
    assert len(table) == 1
    assert ["cut-seed0" in problems[0], "nameless-seed0" in problems[1]] == [True, True]
