"""How linearly values follow parameters, against a regression per image."""

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from sklearn.linear_model import LinearRegression

from runbench.metrics.features.poses import linearity


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shares_by_regression(values, parameters):
    residual, total = np.zeros(values.shape[2]), np.zeros(values.shape[2])
    for own, moves in zip(values.double().numpy(), parameters.double().numpy(), strict=True):
        fitted = LinearRegression().fit(moves, own).predict(moves)
        residual += ((own - fitted) ** 2).sum(axis=0)
        total += ((own - own.mean(axis=0)) ** 2).sum(axis=0)
    return 1 - residual / total


@pytest.mark.parametrize("parameters", [1, 2, 5])
def test_shares_are_those_of_a_regression_of_each_image(parameters):
    moves = normal(20, 12, parameters, seed=1)
    values = (moves @ normal(20, parameters, 6, seed=2)) * torch.linspace(0, 2, 6) + normal(20, 12, 6, seed=3) + 4
    shares, _ = linearity(values, moves)
    assert shares.tolist() == pytest.approx(shares_by_regression(values, moves), abs=1e-9)


def test_an_angle_is_linear_in_its_cosine_and_sine_whatever_the_image_begins_with():
    angles = torch.linspace(-3, 3, 24).expand(10, 24)
    moves = torch.stack((angles.cos(), angles.sin()), dim=2)
    begin, strength = normal(10, 1, seed=1), normal(10, 1, seed=2)
    turned, doubled = strength * (angles + begin).cos() + begin, (2 * angles + begin).cos()
    shares, _ = linearity(torch.stack((turned, doubled), dim=2), moves)
    assert float(shares[0]) == pytest.approx(1, abs=1e-9)
    assert float(shares[1]) == pytest.approx(shares_by_regression(doubled[..., None], moves)[0], abs=1e-9)
    assert shares[1] < 0.2


def test_displacements_along_one_direction_are_one_parameter():
    steps = torch.linspace(0, 8, 17)[None, :, None]
    moves = steps * torch.tensor([[[1.0, -1.0]], [[0.0, 1.0]], [[-1.0, 0.0]]])
    shares, chance = linearity(torch.cat((3 * steps, steps.square()), dim=2).expand(3, 17, 2), moves)
    assert float(shares[0]) == pytest.approx(1)
    assert float(shares[1]) == pytest.approx(np.corrcoef(np.arange(17), np.arange(17) ** 2)[0, 1] ** 2)
    assert chance == pytest.approx(1 / 16)


@pytest.mark.parametrize("parameters", [1, 3])
def test_noise_reaches_what_chance_says(parameters):
    shares, chance = linearity(normal(400, 9, 10, seed=1), normal(400, 9, parameters, seed=2))
    assert chance == pytest.approx(parameters / 8)
    assert shares.mean().item() == pytest.approx(chance, abs=0.02)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.7, 1e5])
@pytest.mark.parametrize("levels", [3, 7, 24])
def test_a_dimension_that_never_moves_has_no_share(value, levels):
    values = torch.cat((torch.full((5, levels, 1), value), normal(5, levels, 1, seed=1)), dim=2)
    shares, _ = linearity(values, normal(5, levels, 1, seed=2))
    assert shares.isnan().tolist() == [True, False]


def test_an_image_that_does_not_move_adds_nothing():
    moves, values = normal(3, 8, 2, seed=1), normal(3, 8, 4, seed=2)
    still = torch.full((1, 8, 4), 0.25)
    alone, _ = linearity(values, moves)
    beside, _ = linearity(torch.cat((values, still)), torch.cat((moves, moves[:1])))
    assert torch.allclose(alone, beside)


def test_as_many_parameters_as_levels_explain_everything():
    shares, chance = linearity(normal(4, 5, 3, seed=1), normal(4, 5, 8, seed=2))
    assert shares.tolist() == pytest.approx([1] * 3)
    assert chance == pytest.approx(1)


@pytest.mark.parametrize("shape", [(3, 8), (3, 7, 2), (2, 8, 2)])
def test_parameters_of_other_images_or_levels_are_refused_in_the_tests(shape):
    with pytest.raises(TypeCheckError):
        linearity(normal(3, 8, 4), normal(*shape))
