import json
from dataclasses import replace

import pytest

from runbench.errors import DamagedFileError
from runbench.store.suites import described, suite_of
from runbench.suites import SUITES
from runbench.tasks import LABEL


@pytest.mark.parametrize("suite", SUITES.values(), ids=list(SUITES))
def test_a_suite_is_read_back_from_json(suite):
    assert suite_of(suite.name, json.loads(json.dumps(described(suite)))) == suite


def test_levels_of_whole_numbers_are_levels():
    suite = replace(SUITES["rotation"], levels=(0, 90), training_range=(0, 0))
    assert suite_of("rotation", described(suite)) == suite


def test_what_another_version_has_more_or_less_is_no_damage():
    fields = described(SUITES["rotation"])
    del fields["task"], fields["note"]
    with pytest.raises(DamagedFileError, match=r"odd task$"):
        suite_of("rotation", fields)
    read = suite_of("renamed", fields | {"task": "label", "colour": "blue"})
    assert (read.name, read.task, read.note) == ("renamed", LABEL, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"levels": None}, "odd levels"),
        ({"levels": "all"}, "odd levels"),
        ({"levels": [0.0, "1"]}, "odd levels"),
        ({"levels": [True]}, "odd levels"),
        ({"training_range": [0.0]}, "odd training_range"),
        ({"identity": None}, "odd identity"),
        ({"canvas": 28.5}, "odd canvas"),
        ({"whole": 1}, "odd whole"),
        ({"placement": "left"}, "odd placement"),
        ({"period": "long"}, "odd period"),
        ({"options": 3}, "odd options"),
        ({"task": []}, "odd task"),
        ({"task": "guess", "axis": 2}, "odd axis, task"),
    ],
)
def test_an_odd_field_is_named(change, said):
    with pytest.raises(DamagedFileError, match=f"describes the suite rotation with an {said}$"):
        suite_of("rotation", described(SUITES["rotation"]) | change)


def test_absent_fields_are_named():
    fields = described(SUITES["rotation"])
    del fields["levels"], fields["unit"]
    with pytest.raises(DamagedFileError, match="without its unit, levels"):
        suite_of("rotation", fields)
    with pytest.raises(DamagedFileError, match="does not describe the suite rotation"):
        suite_of("rotation", "turned")
