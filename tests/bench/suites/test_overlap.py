import pytest

from runbench.suites import DIGIT_EXTENT, DIGIT_SIDE, SUITES
from runbench.suites.overlap import PAIRS


def test_clean_training_saw_no_pairs():
    assert SUITES["overlap"].trained_range("clean") is None
    assert SUITES["overlap"].trained_range("augmented") == (0.0, 0.4)


@pytest.mark.parametrize("suite", PAIRS, ids=lambda suite: suite.name)
def test_both_objects_of_an_image_are_sought(suite):
    assert suite.objects == suite.task.sought == 2
    assert suite.only_on_black


def test_the_canvas_has_room_for_boxes_side_by_side():
    suite = SUITES["overlap"]
    assert suite.canvas == 2 * DIGIT_EXTENT
    assert suite.fit(32, 32).canvas == 2 * 32


def test_the_canvas_has_room_for_digits_that_move_in_every_direction():
    suite = SUITES["multimnist"]
    assert suite.canvas == DIGIT_SIDE + 2 * suite.levels[0]
