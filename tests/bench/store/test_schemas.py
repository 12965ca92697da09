import pandas as pd
import pyarrow as pa
import pytest

from runbench.store import schemas

TABLES = {
    name: schema for name, schema in vars(schemas).items() if isinstance(schema, pa.Schema)
}  # fmt: skip
ROW = {"suite": "rotation", "model": "stn", "architecture": "cnn", "regime": "clean", "seed": 0, "epoch": 1,
       "metric": "training loss", "value": 0.5}  # fmt: skip


def test_there_is_one_schema_for_each_table():
    assert set(TABLES) == {
        "PREDICTIONS",
        "FEATURES",
        "METRICS",
        "SUMMARY",
        "COMPARISONS",
        "CLAIMS",
        "COSTS",
        "HISTORY",
    }


@pytest.mark.parametrize("schema", TABLES.values(), ids=list(TABLES))
def test_a_table_without_rows_has_all_columns_and_no_fault(schema):
    assert list(schemas.empty(schema).columns) == schema.names
    assert schemas.fault(schemas.empty(schema), schema) == ""


@pytest.mark.parametrize("name", ["METRICS", "COMPARISONS", "COSTS", "HISTORY", "FEATURES"])
def test_the_column_that_names_a_number_is_the_metric(name):
    assert "metric" in TABLES[name].names


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"value": "much"}, "value should be numbers"),
        ({"model": None}, "a row does not say which suite and model"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(change, said):
    fault = schemas.fault(pd.DataFrame([ROW | change]), schemas.HISTORY)
    assert fault.startswith(said)
    assert bool(fault) is bool(said)


def test_absent_columns_are_named():
    table = pd.DataFrame([ROW]).drop(columns=["epoch", "value"])
    assert schemas.fault(table, schemas.HISTORY) == "it lacks the columns epoch, value"
