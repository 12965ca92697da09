import math

import pytest
import torch

from models.capsules import DynamicRouting, PrimaryCapsules, lengths, margin_loss, squash


@pytest.mark.parametrize("vector", [(3.0, 4.0), (0.1, -0.2), (-1e-6, 0.0), (1e6, 1e6)])
def test_squash_follows_its_formula(vector):
    length = math.hypot(*vector)
    expected = [length**2 / (1 + length**2) * part / length for part in vector]
    torch.testing.assert_close(squash(torch.tensor(vector)), torch.tensor(expected))


def test_squash_is_finite_with_a_finite_gradient_at_zero():
    vectors = torch.zeros(2, 8, requires_grad=True)
    squashed = squash(vectors)
    lengths(squashed).sum().backward()
    assert squashed.eq(0).all()
    assert vectors.grad.isfinite().all()


def test_squash_has_the_gradient_of_its_formula():
    vectors = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(squash, vectors.requires_grad_())


def test_margin_loss_by_hand():
    values = torch.tensor([[0.95, 0.05, 0.3], [0.5, 0.1, 0.9]])
    targets = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    first = 0.5 * 0.2**2
    second = 0.8**2 + 0.5 * 0.4**2 + 0.5 * 0.8**2
    assert margin_loss(values, targets).item() == pytest.approx((first + second) / 2)


def test_margin_loss_of_two_present_classes():
    loss = margin_loss(torch.tensor([[0.4, 0.6, 0.1]]), torch.tensor([[1.0, 1.0, 0.0]]))
    assert loss.item() == pytest.approx(0.5**2 + 0.3**2)


def test_primary_capsules_come_type_by_type_and_row_by_row():
    primary = PrimaryCapsules(in_channels=3, types=2, dimensions=4, kernel=3, stride=2)
    features = torch.rand(2, 3, 9, 7)
    maps = primary.convolution(features)
    capsules = primary(features)
    rows, columns = maps.shape[-2:]
    assert capsules.shape == (2, 2 * rows * columns, 4)
    position = 1 * rows * columns + 2 * columns + 1
    torch.testing.assert_close(capsules[:, position], squash(maps[:, 4:8, 2, 1]))


def route_with_loops(capsules, transforms, bias, iterations):
    """Write procedure 1 out for one image: capsules [I][D], transforms [K][I][D][E], bias [K][E]."""
    outputs, inputs = range(len(transforms)), range(len(capsules))
    size = len(bias[0])
    votes = [
        [
            [sum(capsules[i][d] * transforms[k][i][d][e] for d in range(len(capsules[i]))) for e in range(size)]
            for i in inputs
        ]
        for k in outputs
    ]
    logits = [[0.0 for _ in outputs] for _ in inputs]
    for _ in range(iterations):
        coupling = []
        for row in logits:
            total = sum(math.exp(logit) for logit in row)
            coupling.append([math.exp(logit) / total for logit in row])
        result = []
        for k in outputs:
            summed = [sum(coupling[i][k] * votes[k][i][e] for i in inputs) + bias[k][e] for e in range(size)]
            square = sum(part**2 for part in summed)
            result.append([square / (1 + square) * part / math.sqrt(square) for part in summed])
        for i in inputs:
            for k in outputs:
                logits[i][k] += sum(votes[k][i][e] * result[k][e] for e in range(size))
    return result, coupling


@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_routing_equals_the_procedure_written_with_loops(iterations):
    torch.manual_seed(iterations)
    routing = DynamicRouting(inputs=5, in_dimensions=3, outputs=4, out_dimensions=2, iterations=iterations)
    torch.nn.init.normal_(routing.transforms)
    capsules = torch.randn(2, 5, 3)
    routed, coupling = routing.route(routing.votes(capsules))
    torch.testing.assert_close(routing(capsules), routed)
    for image, image_routed, image_coupling in zip(capsules, routed, coupling, strict=True):
        expected, expected_coupling = route_with_loops(
            image.tolist(), routing.transforms.tolist(), routing.bias.tolist(), iterations
        )
        torch.testing.assert_close(image_routed, torch.tensor(expected))
        torch.testing.assert_close(image_coupling, torch.tensor(expected_coupling).T)


def test_coupling_coefficients_sum_to_one_over_output_capsules():
    routing = DynamicRouting(inputs=6, in_dimensions=8, outputs=10, out_dimensions=16)
    _, coupling = routing.route(routing.votes(torch.randn(3, 6, 8)))
    assert coupling.shape == (3, 10, 6)
    torch.testing.assert_close(coupling.sum(dim=1), torch.ones(3, 6))


def test_one_iteration_couples_uniformly():
    routing = DynamicRouting(inputs=6, in_dimensions=8, outputs=10, out_dimensions=16, iterations=1)
    _, coupling = routing.route(routing.votes(torch.randn(3, 6, 8)))
    torch.testing.assert_close(coupling, torch.full((3, 10, 6), 0.1))


def test_the_gradient_flows_through_all_iterations():
    routing = DynamicRouting(inputs=3, in_dimensions=2, outputs=2, out_dimensions=2).double()
    votes = torch.randn(1, 2, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(routing.route, votes.requires_grad_())


def test_routing_without_iterations_is_refused():
    with pytest.raises(ValueError, match="at least one iteration"):
        DynamicRouting(inputs=3, in_dimensions=2, outputs=2, out_dimensions=2, iterations=0)
