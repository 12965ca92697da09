import math
from dataclasses import dataclass
from typing import ClassVar, final

import pytest
import torch

from runbench.transforms.base import Geometric, LevelError, Transform
from runbench.transforms.lattice import Lattice


@final
@dataclass(frozen=True)
class Brighter(Transform):
    """A change that adds the level to every pixel."""

    identity: ClassVar[float | None] = 0.0
    least: ClassVar[float] = -1.0

    def apply(self, images, levels, parameters):
        return images + levels.reshape(-1, 1, 1, 1)


@final
@dataclass(frozen=True)
class ToTheRight(Geometric):
    """A move to the right by the level, in pixels."""

    identity: ClassVar[float | None] = 0.0

    def matrix(self, levels, parameters, image):
        moved = torch.eye(3).repeat(len(levels), 1, 1)
        moved[:, 0, 2] = levels
        return moved


IMAGES = torch.rand(2, 1, 6, 8, generator=torch.Generator().manual_seed(0))
NONE = torch.empty(2, 0)
PIXELS = Lattice(6, 8)


@pytest.mark.parametrize("level", [math.nan, math.inf, -math.inf, -1.5])
def test_a_level_that_makes_no_sense_is_refused(level):
    with pytest.raises(LevelError, match=f"Brighter: level {level} is"):
        Brighter(level)


def test_a_transform_applies_its_own_level_and_leaves_images_alone_at_the_identity():
    assert torch.equal(Brighter(0.25)(IMAGES, NONE), IMAGES + 0.25)
    assert Brighter(0.0)(IMAGES, NONE) is IMAGES


def test_a_family_without_more_to_say_draws_nothing_and_has_its_level_as_pose():
    transform = Brighter(0.5)
    assert transform.sample_parameters(2, torch.Generator()).shape == (2, 0)
    assert transform.pose(NONE).tolist() == [[0.5], [0.5]]
    assert transform.attained(IMAGES, NONE) is None


def test_images_and_features_move_alike_and_back():
    transform, moved = ToTheRight(2.0), torch.zeros_like(IMAGES)
    moved[..., 2:] = IMAGES[..., :-2]
    torch.testing.assert_close(transform(IMAGES, NONE), moved)
    torch.testing.assert_close(transform.act(-IMAGES, NONE, PIXELS, PIXELS), -moved)
    for back in (transform.invert(moved, NONE), transform.act_back(moved, NONE, PIXELS, PIXELS)):
        torch.testing.assert_close(back[..., :-2], IMAGES[..., :-2])
        assert back[..., -2:].abs().max() == 0


def test_units_that_come_from_outside_are_not_in_the_support():
    support = ToTheRight(2.5).support(NONE, PIXELS, PIXELS)
    assert support[0, 0].all(dim=0).tolist() == [False] * 3 + [True] * 5
    assert torch.equal(support[0, 0].any(dim=0), support[0, 0].all(dim=0))
