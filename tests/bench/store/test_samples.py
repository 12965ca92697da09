import numpy as np
import pytest

from runbench.errors import DamagedFileError
from runbench.store.contents import put_samples
from runbench.store.files import write_arrays
from runbench.store.folders import RunFolder
from runbench.store.samples import read_samples

IMAGES = {
    "images": np.zeros((2, 3, 8, 8), np.uint8),
    "levels": np.array([0, 1, 2]),
    "sample": np.array([4, 7]),
    "labels": np.array([1, 0]),
}


def answers(value, shape=(2, 3)):
    return {"predicted": np.full(shape, value), "confidence": np.full((2, 3), 0.5)}


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path)
    put_samples(folder, "rotation", IMAGES)
    for model, seed in (("stn", 2), ("stn", 10), ("a-b", 1), ("new", 0)):
        write_arrays(folder.introspection(f"rotation/{model}-seed{seed}"), **answers(seed))
    return folder


def test_each_model_answers_with_its_lowest_seed_in_the_order_asked_for(folder):
    read = read_samples(folder, "rotation", ["stn", "a-b"])
    assert read is not None
    assert {name: array.max() for name, array in read.predicted.items()} == {"stn": 2, "a-b": 1, "new": 0}
    assert list(read.predicted) == ["stn", "a-b", "new"]
    assert read.levels.dtype == np.float64
    assert read.faults == {}


def test_without_images_there_is_nothing(tmp_path):
    assert read_samples(RunFolder(tmp_path), "rotation", []) is None


def test_arrays_that_do_not_belong_together_are_refused(folder):
    write_arrays(folder.introspection("rotation/stn-seed2"), **answers(1, (2, 4)))
    with pytest.raises(DamagedFileError, match="arrays of unequal shapes"):
        read_samples(folder, "rotation", [])


def test_an_array_that_is_not_there_is_named(folder):
    put_samples(folder, "rotation", {name: array for name, array in IMAGES.items() if name != "levels"})
    with pytest.raises(DamagedFileError, match=r"samples\.npz lacks levels"):
        read_samples(folder, "rotation", [])
