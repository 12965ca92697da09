from dataclasses import replace

import pytest

from runbench.data.catalogue import DATASETS, dataset_named, register_dataset
from runbench.errors import RegistrationError

pytestmark = pytest.mark.usefixtures("own_registries")


def test_a_registered_dataset_is_returned_and_found_by_its_name():
    mine = replace(DATASETS["mnist"], name="mine")
    assert register_dataset(mine) is mine
    assert dataset_named("mine") is mine


@pytest.mark.parametrize(
    ("name", "problem"),
    [("mnist", "registered already"), ("../../x", "is refused"), ("folder:x", "is refused"), ("", "is refused")],
)
def test_a_name_that_is_taken_or_not_plain_is_refused(name, problem):
    before = dict(DATASETS)
    with pytest.raises(RegistrationError, match=problem):
        register_dataset(replace(DATASETS["mnist"], name=name))
    assert before == DATASETS
