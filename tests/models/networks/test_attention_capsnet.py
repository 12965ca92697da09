import math

import pytest
import torch

from runbench.models.base import count_parameters
from runbench.models.networks.attention_capsnet import (
    AttentionRouting,
    DepthwiseCapsules,
    build_attention_capsnet,
    squash_exponentially,
    stem_size,
)


@pytest.mark.parametrize("vector", [(3.0, 4.0), (0.1, -0.2), (-1e-6, 0.0), (1e4, 1e4)])
def test_exponential_squash_follows_its_formula(vector):
    length = math.hypot(*vector)
    expected = [-math.expm1(-length) * part / length for part in vector]
    torch.testing.assert_close(squash_exponentially(torch.tensor(vector)), torch.tensor(expected))


def test_exponential_squash_is_finite_with_a_finite_gradient_at_zero():
    vectors = torch.zeros(2, 8, requires_grad=True)
    squashed = squash_exponentially(vectors)
    squashed.norm(dim=1).sum().backward()
    assert squashed.eq(0).all()
    assert vectors.grad.isfinite().all()


def test_exponential_squash_has_the_gradient_of_its_formula():
    vectors = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(squash_exponentially, vectors.requires_grad_())


def test_a_depthwise_capsule_sees_its_own_channels_alone():
    torch.manual_seed(0)
    primary = DepthwiseCapsules(12, 4, (3, 5))
    features = torch.rand(2, 12, 3, 5)
    weight, bias = primary.convolution.weight.detach(), primary.convolution.bias.detach()
    sums = [[(features[b, c] * weight[c, 0]).sum() + bias[c] for c in range(4, 8)] for b in range(2)]
    expected = squash_exponentially(torch.tensor(sums))
    assert primary(features).shape == (2, 3, 4)
    torch.testing.assert_close(primary(features)[:, 1], expected)


def test_attention_equals_its_formula_written_with_loops():
    torch.manual_seed(0)
    routing = AttentionRouting(inputs=5, in_dimensions=3, outputs=4, out_dimensions=2)
    for parameter in routing.parameters():
        torch.nn.init.normal_(parameter)
    votes = routing.votes(torch.randn(2, 5, 3))
    routed, coupling = routing.route(votes)
    for b in range(2):
        agreement = [
            [sum((votes[b, k, i] @ votes[b, k, j]).item() for j in range(5)) / math.sqrt(2) for k in range(4)]
            for i in range(5)
        ]
        expected = [[math.exp(a) / sum(math.exp(other) for other in row) for a in row] for row in agreement]
        torch.testing.assert_close(coupling[b], torch.tensor(expected).T)
        for k in range(4):
            summed = sum((expected[i][k] + routing.prior[k, i]) * votes[b, k, i] for i in range(5))
            torch.testing.assert_close(routed[b, k], squash_exponentially(summed))


@pytest.mark.parametrize("side", [28, 36, 40, 42, 60])
def test_the_coupling_of_every_canvas_sums_to_one_over_classes(side):
    model = build_attention_capsnet(1, 10, (side, side), "smoke").eval()
    with torch.inference_mode():
        coupling = model.coupling(torch.rand(2, 1, side, side))
    assert coupling.shape == (2, 10, 16)
    assert math.prod(model.primary_grid) == 16
    torch.testing.assert_close(coupling.sum(dim=1), torch.ones(2, 16))


@pytest.mark.parametrize("size", [(28, 28), (40, 36), (29, 60)])
def test_the_stem_size_is_that_of_its_feature_map(size):
    model = build_attention_capsnet(1, 10, size, "smoke").eval()
    with torch.inference_mode():
        assert model.stem(torch.rand(1, 1, *size)).shape[-2:] == stem_size(size)


@pytest.mark.parametrize("preset", ["smoke", "standard", "paper"])
def test_the_network_is_small_in_every_preset(preset):
    with torch.device("meta"):
        model = build_attention_capsnet(1, 10, (28, 28), preset)
    # Convolutions, their normalisation, depthwise capsules of 9x9, transforms, priors
    stem = (25 * 32 + 32) + (9 * 32 * 64 + 64) + (9 * 64 * 64 + 64) + (9 * 64 * 128 + 128)
    expected = stem + 2 * (32 + 64 + 64 + 128) + 128 * 82 + 16 * 10 * 8 * 16 + 160
    assert count_parameters(model) - count_parameters(*model.auxiliary()) == expected == 161_824


def test_the_decoder_is_counted_apart_and_can_be_left_out():
    model = build_attention_capsnet(1, 10, (28, 28), "smoke")
    assert model.auxiliary() == (model.decoder,)
    assert build_attention_capsnet(1, 10, (28, 28), "smoke", reconstruction="none").auxiliary() == ()
