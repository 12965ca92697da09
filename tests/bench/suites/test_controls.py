import pytest
import torch

from runbench.suites.controls import CONTROLS
from runbench.transforms.base import CoordinateChange

BOX = (slice(5, 13), slice(14, 22))


@pytest.mark.parametrize("suite", CONTROLS, ids=lambda suite: suite.name)
def test_a_control_moves_nothing(suite):
    objects = torch.zeros(200, 1, suite.canvas, suite.canvas)
    objects[:, :, *BOX] = 1
    transform = suite.at(suite.training_range[1])
    parameters = transform.sample_parameters(200, torch.Generator().manual_seed(0))
    changed = transform(objects, parameters).mean(dim=(0, 1))
    assert not isinstance(transform, CoordinateChange)
    for axis, box in enumerate(BOX):
        profile = changed.mean(dim=1 - axis)
        bright = profile > (profile.max() + profile.min()) / 2
        assert bright.nonzero().flatten().tolist() == list(range(box.start, box.stop))
    assert not torch.equal(changed, objects[0, 0])


def test_controls_are_one_group():
    assert {suite.group for suite in CONTROLS} == {"controls"}
