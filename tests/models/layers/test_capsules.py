import math

import pytest
import torch

from runbench.models.layers.capsules import (
    DynamicRouting,
    FixedRouting,
    PrimaryCapsules,
    length_cross_entropy,
    lengths,
    margin_loss,
    random_coupling,
    squash,
    uniform_coupling,
)


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


def test_cross_entropy_of_labels_is_minus_the_log_of_the_lengths_share():
    values = torch.tensor([[0.9, 0.3, 0.3], [0.1, 0.2, 0.5]])
    expected = -(math.log(0.9 / 1.5) + math.log(0.2 / 0.8)) / 2
    assert length_cross_entropy(values, torch.tensor([0, 1])).item() == pytest.approx(expected)


def test_cross_entropy_of_sets_takes_each_length_for_a_probability():
    values = torch.tensor([[0.9, 0.3, 0.2], [0.1, 0.2, 0.5]])
    targets = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    right = (0.9, 0.3, 0.8, 0.9, 0.2, 0.5)
    expected = -sum(math.log(probability) for probability in right) / 2
    assert length_cross_entropy(values, targets).item() == pytest.approx(expected)


@pytest.mark.parametrize("targets", [torch.tensor([0]), torch.tensor([[1.0, 0.0]])], ids=["label", "set"])
def test_cross_entropy_is_finite_where_lengths_are_as_wrong_as_can_be(targets):
    assert length_cross_entropy(torch.tensor([[0.0, 1.0]]), targets).isfinite()


def test_primary_capsules_come_type_by_type_and_row_by_row():
    primary = PrimaryCapsules(in_channels=3, types=2, dimensions=4, kernel=3, stride=2)
    features = torch.rand(2, 3, 9, 7)
    maps = primary.convolution(features)
    capsules = primary(features)
    rows, columns = maps.shape[-2:]
    assert capsules.shape == (2, 2 * rows * columns, 4)
    position = 1 * rows * columns + 2 * columns + 1
    torch.testing.assert_close(capsules[:, position], squash(maps[:, 4:8, 2, 1]))


def votes_with_loops(capsules, transforms, sharing):
    """Write equation 2 out for one image: capsules [I][D], transforms [K][I / sharing][D][E]; votes [K][I][E]."""
    return [
        [
            [
                sum(capsule[d] * kind[i // sharing][d][e] for d in range(len(capsule)))
                for e in range(len(kind[i // sharing][0]))
            ]
            for i, capsule in enumerate(capsules)
        ]
        for kind in transforms
    ]


def combine_with_loops(coupling, votes, bias):
    """Combine votes [K][I][E] by coupling [I][K], add the bias [K][E] and squash."""
    result = []
    for k, rows in enumerate(votes):
        summed = [
            sum(coupling[i][k] * row[e] for i, row in enumerate(rows)) + bias[k][e] for e in range(len(bias[k]))
        ]
        square = sum(part**2 for part in summed)
        result.append([square / (1 + square) * part / math.sqrt(square) for part in summed])
    return result


def route_with_loops(votes, bias, iterations):
    """Write procedure 1 out for one image: votes [K][I][E], bias [K][E]; return capsules and coupling [I][K]."""
    outputs, inputs = range(len(votes)), range(len(votes[0]))
    logits = [[0.0 for _ in outputs] for _ in inputs]
    for _ in range(iterations):
        coupling = []
        for row in logits:
            total = sum(math.exp(logit) for logit in row)
            coupling.append([math.exp(logit) / total for logit in row])
        result = combine_with_loops(coupling, votes, bias)
        for i in inputs:
            for k in outputs:
                logits[i][k] += sum(vote * part for vote, part in zip(votes[k][i], result[k], strict=True))
    return result, coupling


def with_clear_votes(routing):
    """Draw transforms and biases so large that coupling coefficients differ."""
    torch.nn.init.normal_(routing.transforms)
    torch.nn.init.normal_(routing.bias)
    return routing


@pytest.mark.parametrize("sharing", [1, 3])
@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_routing_equals_the_procedure_written_with_loops(iterations, sharing):
    torch.manual_seed(iterations)
    routing = with_clear_votes(DynamicRouting(6, 3, 4, 2, iterations, sharing=sharing))
    capsules = torch.randn(2, 6, 3)
    routed, coupling = routing.route(routing.votes(capsules))
    torch.testing.assert_close(routing(capsules), routed)
    for image, image_routed, image_coupling in zip(capsules, routed, coupling, strict=True):
        votes = votes_with_loops(image.tolist(), routing.transforms.tolist(), sharing)
        expected, expected_coupling = route_with_loops(votes, routing.bias.tolist(), iterations)
        torch.testing.assert_close(image_routed, torch.tensor(expected))
        torch.testing.assert_close(image_coupling, torch.tensor(expected_coupling).T)


@pytest.mark.parametrize("coupling", [uniform_coupling, random_coupling])
@pytest.mark.parametrize("sharing", [1, 2])
def test_fixed_routing_equals_the_sum_written_with_loops(coupling, sharing):
    torch.manual_seed(0)
    routing = with_clear_votes(FixedRouting(coupling(4, 6), 3, 2, sharing))
    capsules = torch.randn(2, 6, 3)
    for image, routed in zip(capsules, routing(capsules), strict=True):
        votes = votes_with_loops(image.tolist(), routing.transforms.tolist(), sharing)
        expected = combine_with_loops(routing.coefficients.T.tolist(), votes, routing.bias.tolist())
        torch.testing.assert_close(routed, torch.tensor(expected))


@pytest.mark.parametrize(
    "routing",
    [
        DynamicRouting(6, 8, 10, 16),
        DynamicRouting(6, 8, 10, 16, gradient="last", sharing=2),
        FixedRouting(uniform_coupling(10, 6), 8, 16),
        FixedRouting(random_coupling(10, 6), 8, 16),
    ],
    ids=["dynamic", "last", "uniform", "random"],
)
def test_coupling_coefficients_sum_to_one_over_output_capsules(routing):
    _, coupling = with_clear_votes(routing).route(routing.votes(torch.randn(3, 6, 8)))
    assert coupling.shape == (3, 10, 6)
    torch.testing.assert_close(coupling.sum(dim=1), torch.ones(3, 6))


def test_one_iteration_couples_uniformly():
    torch.manual_seed(0)
    once = with_clear_votes(DynamicRouting(6, 8, 10, 16, iterations=1))
    uniform = FixedRouting(uniform_coupling(10, 6), 8, 16)
    uniform.load_state_dict(once.state_dict(), strict=False)
    capsules = torch.randn(3, 6, 8)
    assert once.route(once.votes(capsules))[1].eq(0.1).all()
    torch.testing.assert_close(once(capsules), uniform(capsules))


def test_random_coupling_is_drawn_once_and_kept_with_the_state():
    routing, other = (FixedRouting(random_coupling(4, 6), 3, 2) for _ in range(2))
    assert not torch.equal(routing.coefficients, other.coefficients)
    other.load_state_dict(routing.state_dict())
    assert torch.equal(routing.coefficients, other.coefficients)
    assert "coefficients" not in dict(routing.named_parameters())


def test_random_coupling_comes_from_torchs_generator():
    torch.manual_seed(3)
    first = random_coupling(4, 6)
    torch.manual_seed(3)
    assert torch.equal(first, random_coupling(4, 6))


def test_shared_transforms_equal_tied_ones_of_each_position():
    torch.manual_seed(0)
    shared = with_clear_votes(DynamicRouting(12, 3, 4, 2, sharing=4))
    tied = DynamicRouting(12, 3, 4, 2)
    assert shared.transforms.shape == (4, 3, 3, 2)
    with torch.no_grad():
        for index in range(12):
            tied.transforms[:, index] = shared.transforms[:, index // 4]
        tied.bias.copy_(shared.bias)
    capsules = torch.randn(2, 12, 3)
    torch.testing.assert_close(shared(capsules), tied(capsules))


def test_transforms_are_shared_by_whole_groups_only():
    with pytest.raises(ValueError, match="7 capsules cannot share"):
        DynamicRouting(7, 3, 4, 2, sharing=2)


def gradients_of_routing(routing, votes, weights):
    """Return the gradients of a weighted sum of what routing puts out, with respect to votes and bias."""
    return torch.autograd.grad((routing.route(votes)[0] * weights).sum(), (votes, routing.bias))


@pytest.fixture
def case():
    """Return votes (2, 4, 5, 3), which want a gradient, and weights (2, 4, 3)."""
    torch.manual_seed(0)
    return torch.randn(2, 4, 5, 3, dtype=torch.float64, requires_grad=True), torch.randn(2, 4, 3).double()


def test_the_last_gradient_holds_the_coupling_constant(case):
    votes, weights = case
    routing = with_clear_votes(DynamicRouting(5, 2, 4, 3, gradient="last")).double()
    coupling = routing.route(votes)[1].tolist()
    total = 0.0
    for image in range(2):
        for k in range(4):
            summed = sum(coupling[image][k][i] * votes[image, k, i] for i in range(5)) + routing.bias[k]
            square = summed.square().sum()
            total = total + (square / (1 + square) * summed / square.sqrt() * weights[image, k]).sum()
    expected = torch.autograd.grad(total, (votes, routing.bias))
    torch.testing.assert_close(gradients_of_routing(routing, votes, weights), expected)


def test_all_gradients_are_those_of_the_procedure_written_with_loops(case):
    votes, weights = case
    routing = with_clear_votes(DynamicRouting(5, 2, 4, 3, gradient="all")).double()
    total = 0.0
    for image in range(2):
        logits = [[votes.new_zeros(()) for _ in range(4)] for _ in range(5)]
        for _ in range(3):
            coupling = [torch.stack(row).exp() / torch.stack(row).exp().sum() for row in logits]
            capsules = []
            for k in range(4):
                summed = sum(coupling[i][k] * votes[image, k, i] for i in range(5)) + routing.bias[k]
                square = summed.square().sum()
                capsules.append(square / (1 + square) * summed / square.sqrt())
            logits = [[logits[i][k] + votes[image, k, i] @ capsules[k] for k in range(4)] for i in range(5)]
        total = total + sum((capsules[k] * weights[image, k]).sum() for k in range(4))
    expected = torch.autograd.grad(total, (votes, routing.bias))
    torch.testing.assert_close(gradients_of_routing(routing, votes, weights), expected)


def test_gradients_flow_differently_but_values_agree(case):
    votes, weights = case
    everywhere = with_clear_votes(DynamicRouting(5, 2, 4, 3, gradient="all")).double()
    last = DynamicRouting(5, 2, 4, 3, gradient="last").double()
    last.load_state_dict(everywhere.state_dict())
    assert torch.equal(everywhere.route(votes)[0], last.route(votes)[0])
    difference = (
        gradients_of_routing(everywhere, votes, weights)[0] - gradients_of_routing(last, votes, weights)[0]
    )
    assert difference.abs().max() > 1e-3


def test_the_gradient_flows_through_all_iterations():
    routing = DynamicRouting(inputs=3, in_dimensions=2, outputs=2, out_dimensions=2).double()
    votes = torch.randn(1, 2, 3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(routing.route, votes.requires_grad_())


def test_routing_without_iterations_is_refused():
    with pytest.raises(ValueError, match="at least one iteration"):
        DynamicRouting(inputs=3, in_dimensions=2, outputs=2, out_dimensions=2, iterations=0)
