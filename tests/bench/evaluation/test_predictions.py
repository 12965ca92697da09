from dataclasses import replace

import numpy as np
import pytest

from runbench.data.catalogue import DATASETS
from runbench.evaluation.predictions import confidence_of, predicted_classes, prediction_columns
from runbench.experiment import Cell
from runbench.models.registry import get_model
from runbench.store.tables import read_predictions, write_predictions
from runbench.suites import SUITES

SUITE = SUITES["rotation"]
LABELS = np.array([[6], [1], [9]])


@pytest.fixture
def probabilities():
    raw = np.random.default_rng(0).random((3, len(SUITE.levels), 10)).astype(np.float32)
    return raw / raw.sum(axis=2, keepdims=True)


@pytest.fixture
def table(tmp_path, probabilities):
    def rows(model="augmented"):
        cell = Cell(SUITE, get_model(model), 5)
        path = tmp_path / f"{model}.parquet"
        write_predictions(path, prediction_columns(cell, DATASETS["mnist10k"], LABELS, probabilities, None))
        return read_predictions(path)

    return rows


def test_a_row_for_each_sample_and_level(table, probabilities):
    rows = table()
    assert len(rows) == 3 * 24
    for row in rows.itertuples():
        expected = probabilities[row.sample, SUITE.levels.index(row.level)]
        assert row.label == LABELS[row.sample, 0]
        assert row.predicted == expected.argmax()
        assert row.correct == (expected.argmax() == LABELS[row.sample, 0])
        assert row.confidence == expected.max()
        assert np.array_equal(row.probabilities, expected)
        assert row.finite
    assert set(rows["seed"]) == {5}
    assert rows[["label_2", "predicted_2", "attained"]].isna().all(axis=None)


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
    assert predicted_classes(probabilities, 1)[1, 3].tolist() == [-1]


def test_a_pair_is_right_where_both_its_labels_are_the_likeliest(tmp_path):
    suite = replace(SUITES["overlap"], levels=(0.0, 0.5))
    labels = np.array([[2, 7], [3, 4]])
    probabilities = np.full((2, 2, 10), 0.01, dtype=np.float32)
    probabilities[0, :, 7], probabilities[0, :, 2] = 0.9, 0.8
    probabilities[1, :, 3], probabilities[1, :, 9] = 0.7, 0.6
    probabilities[1, 1, 4] = 0.65
    attained = np.array([[0.0, 0.48], [0.0, 0.52]])
    columns = prediction_columns(
        Cell(suite, get_model("baseline"), 0), DATASETS["mnist10k"], labels, probabilities, attained
    )
    write_predictions(tmp_path / "pairs.parquet", columns)
    rows = read_predictions(tmp_path / "pairs.parquet")
    assert rows[["label", "label_2"]].to_numpy().tolist() == [[2, 7], [2, 7], [3, 4], [3, 4]]
    assert rows[["predicted", "predicted_2"]].to_numpy().tolist() == [[2, 7], [2, 7], [3, 9], [3, 4]]
    assert rows["correct"].tolist() == [True, True, False, True]
    assert rows["attained"].tolist() == pytest.approx([0.0, 0.48, 0.0, 0.52])
    # how sure it is of a pair is how sure it is of the less certain of the two
    assert rows["confidence"].tolist() == pytest.approx([0.8, 0.8, 0.6, 0.65])


def test_of_classes_equally_likely_the_first_are_named():
    assert predicted_classes(np.full((2, 10), 0.1), 1).tolist() == [[0], [0]]
    assert predicted_classes(np.full((2, 10), 0.1), 2).tolist() == [[0, 1], [0, 1]]
    assert confidence_of(np.array([[0.1, 0.7, 0.2]]), 2) == pytest.approx([0.2])
