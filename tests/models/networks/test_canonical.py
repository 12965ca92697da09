import math

import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from runbench.models.networks.canonical import DirectionNet, build_canonical
from runbench.models.protocols import ChoosesView

PLANE = (-2, -1)


def turned(images, degrees):
    """Turn images counter-clockwise on the screen."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    theta = torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]]).expand(len(images), 2, 3)
    return F.grid_sample(
        images, F.affine_grid(theta, list(images.shape), align_corners=False), align_corners=False
    )


def blobs(side):
    """Draw smooth images, black at the border: a wide blob on one side and a narrow one on the other."""
    places = torch.arange(side) - (side - 1) / 2
    y, x = places[:, None], places
    images = []
    for angle in (0.3, 1.9, 3.2, 5.0):
        along = x * math.cos(angle) + y * math.sin(angle)
        across = y * math.cos(angle) - x * math.sin(angle)
        wide = torch.exp(-((along + 3).square() + across.square()) / 10)
        narrow = torch.exp(-((along - 4).square() + across.square()) / 3)
        images.append((wide + narrow).clamp(max=1))
    return torch.stack(images).unsqueeze(1)


def angle_between(first, second):
    """Return by how many degrees directions (B, 2) differ, second less first, counter-clockwise on the screen."""
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return -torch.rad2deg(torch.atan2(cross, (first * second).sum(dim=1)))


@pytest.fixture
def direction():
    torch.manual_seed(0)
    return DirectionNet(1).eval()


@pytest.fixture
def canonical():
    torch.manual_seed(0)
    return build_canonical(1, 10, (28, 28), "smoke").eval()


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("size", [(28, 28), (29, 36)], ids=str)
def test_the_direction_turns_with_the_image_exactly_at_quarter_turns(direction, size, quarters):
    images = torch.rand(3, 1, *size)
    x, y = direction(images).unbind(dim=1)
    for _ in range(quarters):
        x, y = y, -x
    expected = torch.stack([x, y], dim=1)
    torch.testing.assert_close(direction(images.rot90(quarters, PLANE)), expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("degrees", [10.0, 45.0, 130.0])
def test_the_untrained_direction_turns_with_the_image_through_any_angle(direction, degrees):
    images = blobs(40)
    difference = angle_between(direction(images), direction(turned(images, degrees)))
    torch.testing.assert_close(difference, torch.full((4,), degrees), atol=3.0, rtol=0)


def test_the_direction_does_not_move_with_the_image(direction):
    images = blobs(40)
    torch.testing.assert_close(direction(images.roll((4, -3), dims=PLANE)), direction(images), atol=1e-2, rtol=0)


def test_directions_are_of_unit_length_also_where_there_is_none(direction):
    assert direction(torch.zeros(1, 1, 28, 28)).tolist() == [[1.0, 0.0]]
    torch.testing.assert_close(direction(torch.rand(3, 1, 28, 28)).norm(dim=1), torch.ones(3))


@pytest.mark.parametrize("size", [(28, 28), (40, 36)], ids=str)
def test_theta_is_the_rotation_that_takes_right_to_the_direction(size):
    model = build_canonical(1, 10, size, "smoke").eval()
    images = torch.rand(3, 1, *size)
    theta = model.theta(images)
    pixels = torch.tensor([size[1] / 2, size[0] / 2])
    turn = pixels[:, None] * theta[:, :, :2] / pixels
    torch.testing.assert_close(turn @ turn.mT, torch.eye(2).expand(3, 2, 2))
    torch.testing.assert_close(torch.linalg.det(turn), torch.ones(3))
    torch.testing.assert_close(turn[:, :, 0], model.direction(images))
    assert theta[:, :, 2].eq(0).all()


def test_what_the_cnn_sees_points_to_the_right(canonical):
    images = blobs(28)
    right = torch.tensor([1.0, 0.0]).expand(4, 2)
    difference = angle_between(right, canonical.direction(canonical.attend(images)))
    torch.testing.assert_close(difference, torch.zeros(4), atol=5.0, rtol=0)


@pytest.mark.parametrize("degrees", [30.0, 90.0, 200.0])
def test_turned_images_are_seen_alike(canonical, degrees):
    images = blobs(28)
    torch.testing.assert_close(
        canonical.attend(turned(images, degrees)), canonical.attend(images), atol=0.15, rtol=0
    )


def test_scores_are_the_trunks_of_what_it_sees(canonical):
    images = torch.rand(2, 1, 28, 28)
    assert torch.equal(canonical(images), canonical.trunk(canonical.attend(images)))
    assert isinstance(canonical, ChoosesView)


def test_the_direction_is_trained_end_to_end(canonical):
    canonical.loss(torch.rand(4, 1, 28, 28), torch.arange(4)).backward()
    assert all(parameter.grad.any() for parameter in canonical.direction.parameters())
