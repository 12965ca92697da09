import pandas as pd

from runbench.analysis.tables import replace_rows
from runbench.store.records import read_csv, write_csv

COLUMNS = ("model", "seed", "value")


def test_rows_of_the_same_address_are_replaced_and_others_stay(tmp_path):
    path = tmp_path / "table.csv"
    for model, seed, value in (("a", 0, 1.0), ("a", 1, 2.0), ("b", 0, 3.0), ("a", 0, 9.0)):
        rows = pd.DataFrame([{"model": model, "seed": seed, "value": value}])
        replace_rows(path, COLUMNS, {"model": model, "seed": seed}, rows)
    stored = {(row.model, row.seed): row.value for row in read_csv(path).itertuples()}
    assert stored == {("a", 0): 9.0, ("a", 1): 2.0, ("b", 0): 3.0}


def test_no_rows_remove_what_was_there(tmp_path):
    path = tmp_path / "table.csv"
    write_csv(path, pd.DataFrame([{"model": "a", "seed": 0, "value": 1.0}]))
    replace_rows(path, COLUMNS, {"model": "a"}, pd.DataFrame(columns=list(COLUMNS)))
    assert read_csv(path).empty
