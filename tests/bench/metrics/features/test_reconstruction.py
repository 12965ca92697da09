"""Errors of drawings and the influence of pixels, on drawings whose derivatives are known."""

import pytest
import torch

from runbench.metrics.features.reconstruction import ignored_share, influence, squared_errors


def uniform(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_errors_are_means_over_pixels_of_each_image():
    images, drawn = uniform(3, 1, 4, 5, seed=1), uniform(3, 1, 4, 5, seed=2)
    expected = [
        sum((a - b) ** 2 for a, b in zip(one.flatten().tolist(), other.flatten().tolist(), strict=True)) / 20
        for one, other in zip(images, drawn, strict=True)
    ]
    assert squared_errors(images, drawn).tolist() == pytest.approx(expected, rel=1e-5)
    assert squared_errors(images, images).tolist() == [0, 0, 0]
    assert squared_errors(torch.zeros(1, 1, 2, 2), torch.full((1, 1, 2, 2), 0.5)).tolist() == [0.25]


def test_influence_on_a_linear_drawing_is_the_norm_of_its_columns():
    weights = torch.randn(30, 20, generator=torch.Generator().manual_seed(1)) * torch.linspace(0, 2, 20)

    def draw(images):
        return (images.flatten(1) @ weights.T).unflatten(1, (1, 5, 6))

    found = influence(draw, uniform(50, 1, 4, 5), 40, torch.Generator().manual_seed(2))
    assert torch.allclose(found.flatten(), weights.norm(dim=0), rtol=0.06, atol=1e-6)


def test_influence_is_the_root_of_the_mean_square_over_images():
    # A single drawn pixel, the sum of squares, has the derivative 2x: the random direction is a factor for all
    images = uniform(1, 1, 3, 3)
    found = influence(lambda given: given.square().sum(dim=(1, 2, 3)), images, 3, torch.Generator().manual_seed(2))
    assert torch.allclose(found / found.amax(), images[0, 0] / images.amax(), rtol=1e-5)
    two = torch.cat((torch.zeros(200, 1, 3, 3), torch.ones(200, 1, 3, 3)))
    found = influence(lambda given: given.square().sum(dim=(1, 2, 3)), two, 20, torch.Generator().manual_seed(3))
    assert found.flatten().tolist() == pytest.approx([2**0.5] * 9, rel=0.05)


def test_influence_is_found_where_gradients_are_switched_off():
    with torch.inference_mode():
        images = uniform(2, 1, 3, 3)
        found = influence(lambda given: given * 2, images, 2, torch.Generator().manual_seed(0))
    assert found.shape == (3, 3)
    assert (found > 0).all()


def test_the_same_generator_gives_the_same_influence():
    images = uniform(2, 1, 3, 3)
    one, other = (
        influence(lambda given: given.square(), images, 2, torch.Generator().manual_seed(5)) for _ in range(2)
    )
    assert torch.equal(one, other)


def test_pixels_that_are_cut_off_are_ignored():
    mask = torch.zeros(6, 5)
    mask[1:4, 2:5] = 1
    found = influence(lambda given: given * mask, uniform(4, 1, 6, 5), 2, torch.Generator().manual_seed(1))
    assert found[mask == 0].eq(0).all()
    assert ignored_share(found) == pytest.approx(1 - 9 / 30)


def test_pixels_below_a_hundredth_of_the_greatest_are_ignored():
    strength = torch.tensor([[1.0, 0.0101], [0.0099, 0.0]])
    assert ignored_share(strength) == 0.5
    assert ignored_share(strength, least=0.001) == 0.25
    assert ignored_share(1000 * strength) == 0.5


@pytest.mark.parametrize("paints", [False, True])
def test_a_drawing_that_depends_on_nothing_ignores_everything(paints):
    brush = torch.ones(2, 1, 3, 3, requires_grad=paints)
    found = influence(lambda given: brush * 2, uniform(2, 1, 3, 3), 2, torch.Generator().manual_seed(1))
    assert found.eq(0).all()
    assert ignored_share(found) == 1
