from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fixtures.cells import cell_rows
from fixtures.suites import COVER, SHIFT
from runbench.metrics.predictions.cell import cell_predictions
from runbench.tasks import LABEL, LABEL_SET

LEVELS = (-1.5, 0.0, 4.0)
LABELS = np.array([3, 0, 3, 7])
PREDICTED = np.array([[3, 3, 1], [0, -1, 2], [9, 3, 1], [7, 7, 7]])


@pytest.fixture
def rows():
    generator = np.random.default_rng(0)
    table = cell_rows(
        PREDICTED,
        LABELS,
        replace(SHIFT, levels=LEVELS),
        "augmented",
        confidence=generator.uniform(0.2, 1, size=(4, 3)),
        attained=generator.uniform(size=(4, 3)),
    )
    table["ambiguous"] = generator.uniform(size=12) < 0.5
    return table


def at(rows, image, level):
    """The row of an image at a level, found by its address."""
    (row,) = rows[(rows["sample"] == image) & (rows["level"] == LEVELS[level])].to_dict(orient="records")
    return row


@pytest.mark.parametrize("seed", range(3))
def test_each_row_is_at_its_image_and_level_in_whatever_order_they_come(rows, seed):
    answers = cell_predictions(rows.sample(frac=1, random_state=seed))
    assert answers.task is LABEL
    assert answers.images.tolist() == [0, 1, 2, 3]
    assert answers.levels.tolist() == list(LEVELS)
    assert answers.in_range.tolist() == [True, True, False]
    for image in range(4):
        for level in range(3):
            row = at(rows, image, level)
            for name in ("correct", "finite", "ambiguous", "attained"):
                assert getattr(answers, name)[image, level] == row[name]
            if row["finite"]:
                assert answers.confidence[image, level] == row["confidence"]
                assert answers.probabilities[image, level].tolist() == row["probabilities"].tolist()


def test_answers_have_one_number_where_they_are_the_same(rows):
    numbers = cell_predictions(rows).predicted
    finite = PREDICTED >= 0
    alike = numbers[finite][:, np.newaxis] == numbers[finite]
    assert (alike == (PREDICTED[finite][:, np.newaxis] == PREDICTED[finite])).all()
    assert (numbers[~finite] == -1).all()


def test_scores_that_are_not_finite_are_no_answer_whatever_the_table_holds(rows):
    stored = rows.assign(finite=False, correct=True, confidence=np.float32("nan"))
    answers = cell_predictions(stored)
    assert (answers.predicted == -1).all()
    assert not answers.correct.any()
    assert not answers.confidence.any()
    assert not answers.recall.any()
    np.testing.assert_allclose(answers.probabilities, 0.1)


def test_a_set_of_labels_is_found_in_any_order_and_in_part():
    labels = np.array([[1, 2], [3, 8]])
    predicted = np.array([[[2, 1], [1, 5], [2, 6]], [[8, 3], [4, 5], [-1, -1]]])
    answers = cell_predictions(cell_rows(predicted, labels, replace(COVER, levels=LEVELS)))
    assert answers.task is LABEL_SET
    assert [np.flatnonzero(row).tolist() for row in answers.present] == labels.tolist()
    assert answers.recall.tolist() == [[1, 0.5, 0.5], [1, 0, 0]]
    assert answers.correct.tolist() == [[True, False, False]] * 2
    # Two of ten classes are there, which is what a model that knows nothing would claim of each
    np.testing.assert_allclose(answers.probabilities[1, 2], 0.2)
    assert len(set(answers.predicted.ravel().tolist())) == 6


def test_levels_are_found_by_their_value(rows):
    answers = cell_predictions(rows)
    assert [answers.level_index(level) for level in LEVELS] == [0, 1, 2]
    assert answers.level_index(0.1 + 0.2 - 0.3) == 1
    assert answers.level_index(2.0) is None


@pytest.mark.parametrize("change", ["lacks one", "has one twice", "has one in another's place"])
def test_each_image_has_each_level_once(rows, change):
    wrong = {
        "lacks one": rows.iloc[1:],
        "has one twice": pd.concat([rows, rows.iloc[:1]]),
        "has one in another's place": pd.concat([rows.iloc[1:], rows.iloc[-1:]]),
    }[change]
    with pytest.raises(
        ValueError, match=f"each of its 4 images at each of its 3 levels once; its table has {len(wrong)}"
    ):
        cell_predictions(wrong)
