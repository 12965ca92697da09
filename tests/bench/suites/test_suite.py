import pytest

from runbench.data.catalogue import DATASETS
from runbench.metrics.registry import prediction_metrics
from runbench.suites import SUITES, Suite, groups
from runbench.transforms.base import Transform


@pytest.fixture(params=SUITES.values(), ids=SUITES)
def suite(request) -> Suite:
    return request.param


def test_levels_rise_within_the_domain(suite):
    low, high = suite.domain
    assert list(suite.levels) == sorted(set(suite.levels))
    assert low <= suite.levels[0]
    assert suite.levels[-1] <= high
    if suite.whole:
        assert all(level == round(level) for level in suite.levels)


def test_an_axis_has_the_identity_once_and_a_set_has_one_level(suite):
    if suite.axis:
        assert suite.levels.count(suite.identity) == 1
        assert len(suite.levels) > 4
    else:
        assert len(suite.levels) == 1


def test_augmented_training_covers_a_part_of_the_levels_and_the_identity_of_an_axis(suite):
    low, high = suite.training_range
    covered = [level for level in suite.levels if low <= level <= high]
    assert covered
    if suite.axis:
        assert low <= suite.identity <= high
        assert len(covered) > 1
        # in range and out of range both mean something, but on an axis that closes on itself
        assert (len(covered) < len(suite.levels)) is (suite.period is None)


def test_every_level_of_its_domain_is_a_transform(suite):
    for level in (*suite.levels, *suite.domain):
        assert isinstance(suite.at(level), Transform)


def test_sought_objects_are_among_those_of_an_image(suite):
    assert 1 <= suite.task.sought <= suite.objects
    assert suite.task.success
    assert set(suite.further_metrics) <= set(prediction_metrics())


def test_the_group_is_no_suites_name_and_lists_its_suites_in_order(suite):
    named = groups()
    assert not set(named) & set(SUITES)
    assert suite in named["all"]
    for name, members in named.items():
        assert (suite in members) is (name in ("all", suite.group))


def test_room_is_made_for_every_dataset(suite):
    for dataset in DATASETS.values():
        assert suite.fit(dataset.side, dataset.extent).canvas >= dataset.side
    assert suite.fit(28, 20) == suite


@pytest.mark.parametrize(
    ("name", "canvas"),
    [("rotation", 28), ("translation", 40), ("overlap", 40), ("multimnist", 36), ("stn-rts", 42), ("stn-tc", 60)],
)
def test_canvases_are_those_of_the_protocols(name, canvas):
    assert SUITES[name].canvas == canvas


def test_clean_training_saw_the_identity_only():
    suite = SUITES["rotation"]
    assert suite.trained_range("clean") == (0.0, 0.0)
    assert suite.trained_range("augmented") == (-180.0, 180.0)
