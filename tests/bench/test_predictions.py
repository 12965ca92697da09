import numpy as np
import pytest

from bench.configuration import Cell
from bench.datasets import DATASETS
from bench.predictions import predicted_classes, prediction_columns
from bench.records import read_predictions, write_predictions
from bench.suites import SUITES
from models.registry import get_model

SUITE = SUITES["rotation"]
LABELS = np.array([6, 1, 9])


@pytest.fixture
def probabilities():
    raw = np.random.default_rng(0).random((3, len(SUITE.levels), 10)).astype(np.float32)
    return raw / raw.sum(axis=2, keepdims=True)


@pytest.fixture
def table(tmp_path, probabilities):
    def rows(model="augmented"):
        cell = Cell(SUITE, get_model(model), 5)
        path = tmp_path / f"{model}.parquet"
        write_predictions(path, prediction_columns(cell, DATASETS["mnist10k"], LABELS, probabilities))
        return read_predictions(path)

    return rows


def test_a_row_for_each_sample_and_level(table, probabilities):
    rows = table()
    assert len(rows) == 3 * 24
    for row in rows.itertuples():
        expected = probabilities[row.sample, SUITE.levels.index(row.level)]
        assert row.label == LABELS[row.sample]
        assert row.predicted == expected.argmax()
        assert row.correct == (expected.argmax() == LABELS[row.sample])
        assert row.confidence == expected.max()
        assert np.array_equal(row.probabilities, expected)
        assert row.finite
    assert set(rows["seed"]) == {5}
    assert rows[["label_2", "predicted_2"]].isna().all(axis=None)


def test_six_and_nine_are_marked_beyond_a_right_angle(table):
    rows = table()
    expected = rows["label"].isin([6, 9]) & (rows["level"].abs() > 90)
    assert (rows["ambiguous"] == expected).all()
    assert expected.sum() == 2 * 11


def test_in_range_is_what_training_saw(table):
    assert table("augmented")["in_range"].all()
    clean = table("baseline")
    assert (clean["in_range"] == (clean["level"] == 0)).all()


def test_a_prediction_that_is_not_finite_is_no_class(table, probabilities):
    probabilities[1, 3] = np.nan
    broken = table().query("sample == 1").iloc[3]
    assert broken["predicted"] == -1
    assert not broken["finite"]
    assert not broken["correct"]
    assert broken["confidence"] == 0
    assert predicted_classes(probabilities)[1, 3] == -1
