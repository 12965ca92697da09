"""How units vary and fire along orbits, of networks whose units are known."""

import pytest
import torch

from fixtures.known_networks import Formula, stack
from runbench.evaluation.layers import PENULTIMATE


def test_an_invariant_unit_fires_a_hundred_times_as_often_as_by_chance(measured):
    # Whole numbers: the sum of all pixels is the same to the last bit however they lie
    summed = Formula(lambda images: (images * 255).round().sum(dim=(1, 2, 3))[:, None])
    rows = measured(stack(summed), levels=(-90.0, 0.0, 90.0, 180.0), count=500)
    assert rows.of("firing_ratio", PENULTIMATE)["value"] == pytest.approx(100)
    assert rows.of("normalised_variance", PENULTIMATE)["value"] == pytest.approx(0, abs=1e-9)


@pytest.mark.slow
def test_a_unit_that_fires_at_random_fires_as_often_along_an_orbit_as_anywhere(measured):
    weights = torch.rand(60, 784, generator=torch.Generator().manual_seed(0)).double()
    # Digits far behind the point, which no change leaves as they were
    chaotic = Formula(lambda images: (images.flatten(1).double() @ weights.T * 5000).frac().float())
    rows = measured(stack(chaotic), levels=range(-150, 181, 30), count=500)
    # 60 units, 5 images, 11 further levels: 33 events are expected, so a deviation of 17%
    assert rows.of("firing_ratio", PENULTIMATE)["value"] == pytest.approx(1, abs=0.7)
    # The deviation of twelve numbers is that of few: on average a twenty-fourth too small
    assert rows.of("normalised_variance", PENULTIMATE)["value"] == pytest.approx(1 - 1 / 24, abs=0.02)
    assert rows.of("feature_distance", PENULTIMATE, 30)["value"] == pytest.approx(1, abs=0.05)
