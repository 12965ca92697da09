from collections import Counter
from pathlib import Path

import pytest

from runbench.data.catalogue import DATASETS
from runbench.data.loading import load_dataset
from runbench.models.recipes import PRESETS
from runbench.pipeline.presets import PRESET_SIZES


@pytest.fixture(scope="module")
def digits():
    return load_dataset(DATASETS["mnist10k"], Path())


@pytest.mark.parametrize("preset", PRESETS)
def test_each_class_keeps_its_share_of_every_split(digits, preset):
    sizes = PRESET_SIZES[preset]
    for split, size in (
        (digits.train, sizes.train),
        (digits.validation, sizes.validation),
        (digits.test, sizes.test),
    ):
        kept = split.first(size)
        assert len(kept) == (len(split) if size is None else size)
        of_all, of_kept = Counter(split.labels.tolist()), Counter(kept.labels.tolist())
        for number in of_all:
            assert abs(of_kept[number] - of_all[number] * len(kept) / len(split)) < 2


def test_only_the_smoke_preset_leaves_images_out():
    assert {preset for preset in PRESETS if PRESET_SIZES[preset] != PRESET_SIZES["paper"]} == {"smoke"}
