import pytest

from runbench.suites import DIGIT_SIDE, SUITES
from runbench.suites.published import published_on
from runbench.suites.stn_paper import STN_PAPER


@pytest.mark.parametrize("suite", STN_PAPER, ids=lambda suite: suite.name)
def test_augmented_models_train_on_what_they_are_tested_on_and_the_paper_has_numbers_of_it(suite):
    (level,) = suite.levels
    assert suite.training_range == (level, level)
    assert suite.identity == 0 < level
    assert published_on(suite.name)


def test_shifted_digits_stay_whole_on_their_canvas():
    suite = SUITES["stn-rts"]
    assert suite.canvas == DIGIT_SIDE + 2 * suite.options["shift"]


def test_clutter_is_one_patch_of_each_other_object():
    suite = SUITES["stn-tc"]
    assert suite.objects == 1 + suite.levels[0]
