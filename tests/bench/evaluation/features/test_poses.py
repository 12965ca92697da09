"""How capsules that are known move with the change."""

import pytest
import torch

from fixtures.known_networks import bearings
from runbench.models.base import Classifier


class Holding(Classifier):
    """Hold where the ink lies in every capsule, beside a number that never changes and one of no use."""

    def forward(self, images):
        return self.capsules(images).norm(dim=2)

    def capsules(self, images):
        angle = bearings(images)
        useless = (images.flatten(1) @ torch.linspace(0, 5e4, images[0].numel())).sin()
        pose = torch.stack((angle.cos(), 3 * angle.sin() + 1, torch.full_like(angle, 0.3), useless), dim=1)
        return pose[:, None].expand(-1, 10, 4)


def test_dimensions_that_hold_the_pose_are_linear_in_it_and_others_are_at_chance(measured, blobs):
    rows = measured(Holding(), levels=range(-165, 181, 15), split=blobs)
    for dimension in (0, 1):
        assert rows.of("pose_linearity", dimension=dimension)["value"] > 0.999
    found = {row["dimension"]: row for row in rows.all("pose_linearity")}
    # The third never changes
    assert sorted(found) == [0, 1, 3]
    assert found[3]["value"] == pytest.approx(found[3]["floor"], abs=0.05)
    # Cosine and sine of 24 angles
    assert [row["floor"] for row in found.values()] == pytest.approx([2 / 23] * 3)


def test_two_objects_have_no_pose_of_the_sweeps(measured):
    class Pair(Holding):
        def capsules(self, images):
            return images.flatten(1)[:, None, :40].expand(-1, 10, -1)

    assert measured(Pair(), "overlap", count=10).all("pose_linearity") == []
