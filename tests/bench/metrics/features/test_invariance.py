"""How far answers and features move, against scipy and loops."""

import math

import pytest
import torch
from scipy.spatial.distance import jensenshannon

from runbench.metrics.features.invariance import (
    answer_distances,
    different_images,
    feature_distances,
    jensen_shannon_distance,
)
from runbench.tasks import LABEL_SET


def distributions(count, classes=10, sharpness=3.0, seed=0):
    source = torch.Generator().manual_seed(seed)
    return (torch.randn(count, classes, generator=source) * sharpness).softmax(dim=1)


def by_scipy(first, second):
    return [jensenshannon(*pair, base=2) for pair in zip(first.double(), second.double(), strict=True)]


@pytest.mark.parametrize("sharpness", [0.1, 3.0, 40.0])
def test_distance_of_distributions_is_scipys(sharpness):
    first, second = (distributions(50, sharpness=sharpness, seed=seed) for seed in (1, 2))
    assert jensen_shannon_distance(first, second).tolist() == pytest.approx(by_scipy(first, second), abs=1e-6)


@pytest.mark.parametrize("apart", [1e-6, 1e-5, 1e-3])
def test_distributions_that_are_nearly_the_same_are_nearly_no_distance_apart(apart):
    first = distributions(50, sharpness=1.0)
    second = first + apart * torch.randn(first.shape, generator=torch.Generator().manual_seed(3)) * first
    second = second / second.sum(dim=1, keepdim=True)
    # Rows sum to 1 up to the rounding of float32, which scipy divides out
    assert jensen_shannon_distance(first, second).tolist() == pytest.approx(by_scipy(first, second), abs=2e-7)


def test_the_same_distribution_is_at_distance_zero_and_certain_classes_at_one():
    first = distributions(20)
    assert jensen_shannon_distance(first, first.clone()).eq(0).all()
    certain = torch.eye(4)
    assert jensen_shannon_distance(certain, certain.roll(1, dims=0)).tolist() == [1.0] * 4


def test_distance_is_symmetric_and_keeps_the_triangle_inequality():
    a, b, c = (distributions(200, classes=3, sharpness=5.0, seed=seed) for seed in range(3))
    ab, bc, ac = jensen_shannon_distance(a, b), jensen_shannon_distance(b, c), jensen_shannon_distance(a, c)
    assert torch.allclose(ab, jensen_shannon_distance(b, a))
    assert (ab + bc - ac).min() > 0
    assert ((ab > 0) & (ab < 1)).all()


def test_an_unknown_probability_spoils_its_own_row_alone():
    first, second = distributions(3, seed=1), distributions(3, seed=2)
    second[1, 4] = torch.nan
    distance = jensen_shannon_distance(first, second)
    assert distance.isnan().tolist() == [False, True, False]
    assert answer_distances(first, second, LABEL_SET).isnan().tolist() == [False, True, False]


def test_presences_are_compared_class_by_class():
    first, second = distributions(6, sharpness=1.0, seed=1), distributions(6, sharpness=1.0, seed=2)
    expected = [
        sum(jensenshannon([p, 1 - p], [q, 1 - q], base=2) for p, q in zip(*rows, strict=True)) / 10
        for rows in zip(first.double().tolist(), second.double().tolist(), strict=True)
    ]
    assert answer_distances(first, second, LABEL_SET).tolist() == pytest.approx(expected, abs=1e-6)


def test_one_of_two_presences_that_flips_is_half_the_distance():
    first, second = torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    assert answer_distances(first, second, LABEL_SET).tolist() == [0.5, 0.0]


def test_features_are_compared_by_euclid():
    source = torch.Generator().manual_seed(0)
    first, second = torch.randn(2, 4, 3, 5, 6, generator=source)
    expected = [
        math.sqrt(sum((a - b) ** 2 for a, b in zip(one.flatten().tolist(), other.flatten().tolist(), strict=True)))
        for one, other in zip(first, second, strict=True)
    ]
    assert feature_distances(first, second).tolist() == pytest.approx(expected, rel=1e-5)


def test_each_image_is_compared_with_the_one_before():
    features = torch.tensor([[0.0, 0.0], [3.0, 4.0], [3.0, 0.0]])
    assert different_images(features, torch.tensor([[0.0, -2.0]])).tolist() == [2.0, 5.0, 4.0]
    assert different_images(features[:1], features[2:]).tolist() == [3.0]
    assert different_images(features[:0], features[:1]).tolist() == []
