import pytest
import torch

from runbench.models.base import count_parameters
from runbench.models.networks.group_convolution import GroupConv2d, LiftingConv2d, SymmetricMaxPool, build_p4cnn

CANVASES = [(28, 28), (36, 36), (40, 40), (42, 42), (60, 60), (29, 29), (31, 28)]
PLANE = (-2, -1)


def turned(maps, quarters):
    """Turn maps (B, C, 4, H, W) by quarter turns: each map, and the order of the four."""
    return torch.stack([maps[:, :, (turn - quarters) % 4].rot90(quarters, PLANE) for turn in range(4)], dim=2)


@pytest.fixture
def p4cnn():
    """Make a network whose normalisations differ from the identity."""
    torch.manual_seed(0)
    model = build_p4cnn(1, 10, (28, 28), "smoke")
    for _ in range(3):
        model(torch.rand(4, 1, 28, 28))
    return model.eval()


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "padding"), [(5, 2), (3, 0), (4, 0)])
def test_lifting_turns_with_the_image(kernel, padding, quarters):
    layer = LiftingConv2d(2, 3, kernel, padding)
    images = torch.rand(2, 2, 9, 8)
    expected = turned(layer(images), quarters)
    torch.testing.assert_close(layer(images.rot90(quarters, PLANE)), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "padding"), [(5, 2), (3, 0), (4, 0)])
def test_group_convolution_turns_with_its_input(kernel, padding, quarters):
    layer = GroupConv2d(2, 3, kernel, padding)
    maps = torch.rand(2, 2, 4, 9, 8)
    expected = turned(layer(maps), quarters)
    torch.testing.assert_close(layer(turned(maps, quarters)), expected, atol=1e-5, rtol=1e-5)


def test_group_convolution_follows_its_equation():
    layer = GroupConv2d(2, 1, 3, 0)
    maps = torch.rand(1, 2, 4, 3, 3)
    weight = layer.weight.reshape(1, 2, 4, 3, 3)
    for turn in range(4):
        expected = sum(
            (maps[0, channel, source] * weight[0, channel, (source - turn) % 4].rot90(turn)).sum()
            for channel in range(2)
            for source in range(4)
        )
        torch.testing.assert_close(layer(maps)[0, 0, turn, 0, 0], expected)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("size", [(8, 8), (7, 7), (7, 10), (3, 3)])
def test_pooling_turns_with_its_input_on_even_and_odd_sides(size, quarters):
    maps = torch.rand(2, 3, 4, *size)
    pooled = SymmetricMaxPool()(maps)
    assert pooled.shape[-2:] == (size[0] // 2, size[1] // 2)
    assert torch.equal(SymmetricMaxPool()(turned(maps, quarters)), turned(pooled, quarters))


def test_pooling_sees_every_place_of_an_odd_side():
    row = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0])
    maps = row.expand(1, 1, 4, 3, 7)
    assert SymmetricMaxPool()(maps)[0, 0, 0].tolist() == [[2.0, 4.0, 9.0]]


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("size", CANVASES, ids=str)
def test_every_layer_is_equivariant_on_every_canvas(p4cnn, size, quarters):
    maps = torch.rand(2, 1, *size)
    moved = maps.rot90(quarters, PLANE)
    for layer in p4cnn.features:
        maps, moved = layer(maps), layer(moved)
        torch.testing.assert_close(moved, turned(maps, quarters), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("size", CANVASES, ids=str)
def test_scores_are_invariant_on_every_canvas(p4cnn, size, quarters):
    images = torch.rand(16, 1, *size)
    scores, moved = p4cnn(images), p4cnn(images.rot90(quarters, PLANE))
    torch.testing.assert_close(moved, scores, atol=1e-5, rtol=1e-5)
    assert torch.equal(moved.argmax(dim=1), scores.argmax(dim=1))


def test_scores_tell_turned_images_from_mirrored_ones(p4cnn):
    images = torch.rand(4, 1, 28, 28)
    assert not torch.allclose(p4cnn(images.flip(3)), p4cnn(images), atol=1e-3)


def test_the_paper_preset_is_invariant_too():
    model = build_p4cnn(1, 10, (28, 28), "paper").eval()
    images = torch.rand(4, 1, 28, 28)
    assert model.features(images).shape == (4, 10, 4, 1, 1)
    torch.testing.assert_close(model(images.rot90(1, PLANE)), model(images), atol=1e-5, rtol=1e-5)


def test_a_filter_is_counted_once_for_its_four_turns():
    convolutions = 8 * 25 + 16 * 8 * 4 * 25 + 32 * 16 * 4 * 25 + 80 * 32 * 4 * 9
    normalisations = 2 * (8 + 16 + 32 + 80)
    assert count_parameters(build_p4cnn(1, 10, (28, 28), "standard")) == convolutions + normalisations + 81 * 10


def test_memory_may_be_laid_out_with_channels_last(p4cnn):
    images = torch.rand(2, 1, 28, 28)
    before = p4cnn(images)
    after = p4cnn.to(memory_format=torch.channels_last)(images.contiguous(memory_format=torch.channels_last))
    torch.testing.assert_close(after, before, atol=1e-5, rtol=1e-5)
