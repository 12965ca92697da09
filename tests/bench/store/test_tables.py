import numpy as np
import pandas as pd
import pytest

from runbench.errors import DamagedFileError
from runbench.store import schemas, tables


@pytest.mark.parametrize("attained", [None, np.array([0.11, 0.5, 0.25], dtype=np.float32)])
def test_predictions_are_read_back_and_what_is_absent_is_null(tmp_path, attained):
    columns = {field.name: np.arange(3) for field in schemas.PREDICTIONS}
    columns |= {name: name for name in ("suite", "task", "model", "architecture", "regime")}
    columns |= {"probabilities": np.eye(3, 10, dtype=np.float32), "predicted_2": None, "attained": attained}
    tables.write_predictions(tmp_path / "rows.parquet", columns)
    back = tables.read_predictions(tmp_path / "rows.parquet")
    assert list(back.columns) == schemas.PREDICTIONS.names
    assert np.stack(list(back["probabilities"])).tolist() == np.eye(3, 10).tolist()
    assert back["predicted_2"].isna().all()
    assert back["attained"].dtype == np.float32
    assert back["attained"].isna().all() if attained is None else back["attained"].tolist() == attained.tolist()


def test_a_table_of_other_columns_is_refused(tmp_path):
    pd.DataFrame({"suite": ["rotation"]}).to_parquet(tmp_path / "old.parquet")
    with pytest.raises(DamagedFileError, match="other columns"):
        tables.read_predictions(tmp_path / "old.parquet")


def test_metrics_are_read_back_to_the_last_bit(tmp_path):
    text = dict.fromkeys(("suite", "task", "model", "architecture", "regime", "subset", "metric"), "name")
    rows = [text | {"seed": 0, "level": None, "value": 1 / 3, "low": 0.1, "high": np.nan, "count": 7}]
    metrics = pd.DataFrame(rows).astype({"level": float})[schemas.METRICS.names]
    tables.write_metrics(tmp_path / "metrics.parquet", metrics)
    pd.testing.assert_frame_equal(tables.read_metrics(tmp_path / "metrics.parquet"), metrics, check_exact=True)


def test_features_that_a_row_does_not_name_are_null(tmp_path):
    tables.write_features(tmp_path / "rows.parquet", [{"metric": "dead_units", "value": 0.5}])
    back = tables.read_features(tmp_path / "rows.parquet")
    assert back[["metric", "value"]].values.tolist() == [["dead_units", 0.5]]
    assert back.drop(columns=["metric", "value"]).isna().all(axis=None)
