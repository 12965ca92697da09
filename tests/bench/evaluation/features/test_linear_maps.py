"""What linear maps can do with features that hold a direction, or nothing."""

import pytest
import torch
from torch import nn

from fixtures.known_networks import (
    FLAT,
    QUARTERS,
    Formula,
    stack,
)
from runbench.data.loading import Split
from runbench.evaluation.layers import PENULTIMATE


def direction(images):
    """Return where the ink lies from the middle (B, 2), x to the right and y upwards."""
    side = images.shape[-1]
    place = (torch.arange(side) - (side - 1) / 2).to(images)
    ink = images.sum(dim=(1, 2, 3)).clamp(min=1e-6)
    across = (images.sum(dim=(1, 2)) * place).sum(dim=1) / ink
    down = (images.sum(dim=(1, 3)) * place).sum(dim=1) / ink
    return torch.stack((across, -down), dim=1)


def test_a_direction_is_mapped_by_a_turn_and_not_as_it_is(measured, blobs):
    rows = measured(stack(Formula(direction)), levels=(-120.0, 0.0, 45.0, 90.0), count=120, split=blobs)
    assert rows.levels("learned_map", PENULTIMATE) == [-120, 45, 90]
    for row in rows.all("learned_map"):
        assert row["value"] > 0.999
        assert row["low"] <= row["value"] <= row["high"]
    # cos 90 = 0: half of the distance to the mean is saved, and as much again is added
    assert rows.of("learned_map", PENULTIMATE, 90.0)["floor"] == pytest.approx(-1, abs=0.05)


def test_what_is_known_of_the_pose_is_decoded(measured, blobs):
    shifted = Formula(lambda images: direction(images) @ torch.tensor([[1.0, 0.4], [0.0, 2.0]]) + 3)
    levels = (0.0, 2.0, 4.0, 6.0)
    # The same spot a hundred times: where the ink lies says how far it has moved
    same = Split(blobs.images[:1].expand(100, -1, -1, -1), torch.arange(100) % 10)
    rows = measured(stack(shifted), "translation", levels=levels, count=100, split=same)
    assert rows.of("pose_decodability", PENULTIMATE)["value"] > 0.999
    summed = Formula(lambda images: images.sum(dim=(1, 2, 3))[:, None])
    rows = measured(stack(summed), "translation", levels=levels, count=100, split=same)
    assert rows.of("pose_decodability", PENULTIMATE)["value"] < 0.05


def test_narrow_layers_keep_all_their_units_at_equal_width(measured):
    rows = measured(stack(nn.Conv2d(1, 2, 7, stride=5)), levels=QUARTERS, count=60)
    pair = [rows.of(name, PENULTIMATE)["resamples"] for name in FLAT[:2]]
    assert (pair[0] == pair[1]).all()
