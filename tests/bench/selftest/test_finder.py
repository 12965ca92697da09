"""What the network that works by moments finds of objects whose turn and size are known."""

import pytest
import torch

SIDE = 28


@torch.inference_mode()
def test_moments_find_the_angle_by_which_an_image_is_turned(build, digits):
    theta = build("moments").theta
    before, after = theta(digits), theta(digits.rot90(1, dims=(2, 3)))
    # a quarter turn counter-clockwise: output to input, y downwards
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
    torch.testing.assert_close(after[:, :, :2], quarter @ before[:, :, :2])
    seen = build("moments").attend
    torch.testing.assert_close(seen(digits.rot90(1, dims=(2, 3))), seen(digits), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_moments_grow_with_the_object(build):
    small, large = torch.zeros(1, 1, SIDE, SIDE), torch.zeros(1, 1, SIDE, SIDE)
    small[:, :, 11:17, 11:17] = 1.0
    large[:, :, 8:20, 8:20] = 1.0
    factors = [build("moments").theta(image)[0, :, :2].det().sqrt() for image in (small, large)]
    # a square of side s has the radius s / sqrt(6), that of pixels' centres by 1 - 1 / s^2 less under the root
    assert float(factors[1] / factors[0]) == pytest.approx(((12**2 - 1) / (6**2 - 1)) ** 0.5, rel=1e-5)
