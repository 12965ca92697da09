from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from runbench.evaluation.layers import PENULTIMATE, Layer, Reach, find_layers, inside, observed, reach_of, wholly
from runbench.models.base import LogitsClassifier
from runbench.models.protocols import Routes
from runbench.models.registry import get_model
from runbench.transforms.lattice import Lattice

SIDE = 28


def build(*layers: nn.Module) -> LogitsClassifier:
    torch.manual_seed(0)
    return LogitsClassifier(nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(3))).eval()


def layers_of(classifier: nn.Module, names: tuple[str, ...] = (), side: int = SIDE) -> tuple[Layer, ...]:
    with torch.inference_mode():
        classifier(torch.rand(1, 1, side, side))
        return find_layers(classifier, names, (1, side, side), torch.Generator().manual_seed(1))


def reaches_by_arithmetic(*layers: nn.Module) -> list[Reach]:
    """Compose strides, kernels and paddings: a unit's first and last pixel, and how far units lie apart."""
    pitch, first, last, reaches = 1, 0, 0, []
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            kernel, stride, padding = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        elif isinstance(layer, nn.MaxPool2d | nn.AvgPool2d):
            kernel, stride, padding = (int(size) for size in (layer.kernel_size, layer.stride, layer.padding))
        else:
            continue
        first -= pitch * padding
        last += pitch * (kernel - 1 - padding)
        pitch *= stride
        reaches.append(Reach(pitch, first, last))
    return reaches


STACKS = {
    "same": (nn.Conv2d(1, 4, 5, padding=2), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(4, 4, 5, padding=2)),
    "valid": (nn.Conv2d(1, 4, 5), nn.Conv2d(4, 4, 3, stride=2), nn.AvgPool2d(2)),
    "strided": (nn.Conv2d(1, 4, 5, stride=2, padding=1), nn.Conv2d(4, 6, 3, stride=2)),
    "overlapping": (
        nn.Conv2d(1, 4, 3, padding=1),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.AvgPool2d(3, stride=1),
    ),
}


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_lattices_are_what_strides_kernels_and_paddings_come_to(stack: tuple[nn.Module, ...]) -> None:
    found = [layer.reach for layer in layers_of(build(*stack)) if layer.name != PENULTIMATE]
    assert found == reaches_by_arithmetic(*stack)


@pytest.mark.parametrize("side", [28, 40])
@pytest.mark.parametrize("name", ["capsnet", "baseline", "cnn-stride"])
def test_lattices_of_the_built_in_networks(name: str, side: int) -> None:
    torch.manual_seed(0)
    network = get_model(name).build(1, 10, (side, side), "standard").eval()
    found = layers_of(network, side=side)
    convolutions = [layer for layer in found if layer.name.endswith(("(convolution)", "(pooling)"))]
    stack = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.MaxPool2d)]
    assert [layer.reach for layer in convolutions] == reaches_by_arithmetic(*stack)
    if isinstance(network, Routes):
        lattice = convolutions[-1].lattice
        assert lattice is not None
        assert (lattice.pitch, lattice.offset) == network.coupling_lattice


def test_a_unit_sits_in_the_middle_of_what_it_depends_on() -> None:
    layer = Layer("pooling", (8, 14, 14), Reach(pitch=2, first=-2, last=3))
    assert layer.lattice == Lattice(14, 14, pitch=2.0, offset=0.5)


class Turning(nn.Module):
    """Move the image by as many pixels as its brightest row says: no lattice behind it."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.stack([image.roll(int(image.sum(dim=(0, 2)).argmax()), dims=1) for image in images])


def test_behind_a_view_of_its_own_a_layer_has_no_lattice() -> None:
    before, behind, _ = layers_of(build(nn.Conv2d(1, 2, 3), Turning(), nn.Conv2d(2, 2, 3)))
    assert before.reach == Reach(1, 0, 2)
    assert behind.reach is None


def test_a_global_average_has_no_lattice() -> None:
    _, pooled, _ = layers_of(build(nn.Conv2d(1, 2, 3), nn.AdaptiveAvgPool2d(1)))
    assert pooled.lattice is None


def test_a_dead_layer_has_no_lattice() -> None:
    dead = nn.Conv2d(1, 2, 3)
    nn.init.zeros_(dead.weight)
    assert layers_of(build(dead))[0].reach is None


@pytest.mark.parametrize(("pitch", "first", "last"), [(1, -2, 2), (2, -3, 4), (4, 0, 12), (3, 1, 2)])
def test_reach_is_found_again(pitch: int, first: int, last: int) -> None:
    pixels = 31
    units = (pixels - 1 - first) // pitch - 1
    noticed = torch.zeros(units, pixels, dtype=torch.bool)
    for unit in range(units):
        noticed[unit, max(first + pitch * unit, 0) : last + pitch * unit + 1] = True
    assert reach_of(noticed) == Reach(pitch, first, last)


def test_reach_of_uneven_units_is_none() -> None:
    noticed = torch.zeros(4, 20, dtype=torch.bool)
    for unit, place in enumerate((2, 4, 7, 9)):
        noticed[unit, place : place + 3] = True
    assert reach_of(noticed) is None


@pytest.mark.parametrize("reach", [Reach(1, -2, 2), Reach(2, -2, 3), Reach(4, 0, 12), Reach(3, 2, 4)])
def test_units_that_see_only_what_is_marked(reach: Reach) -> None:
    side = 20
    height = (side - 1 - reach.last) // reach.pitch + 2
    layer = Layer("layer", (1, height, height), reach)
    pixels = torch.rand(2, 1, side, side, generator=torch.Generator().manual_seed(3)) < 0.97
    inner = inside(layer, Lattice(side, side))
    marked = wholly(layer, pixels)
    for row in range(height):
        for column in range(height):
            top, left = (reach.first + reach.pitch * place for place in (row, column))
            bottom, right = (reach.last + reach.pitch * place for place in (row, column))
            fits = min(top, left) >= 0 and max(bottom, right) < side
            assert bool(inner[0, 0, row, column]) == fits
            for image in range(2):
                window = pixels[image, 0, max(top, 0) : bottom + 1, max(left, 0) : right + 1]
                assert bool(marked[image, 0, row, column]) == (fits and bool(window.all()))


def test_layers_are_seen_in_the_order_of_passing_and_the_last_linear_layer_from_in_front() -> None:
    classifier = build(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2))
    images = torch.rand(3, 1, SIDE, SIDE)
    classifier(images)
    with observed(classifier, ()) as features:
        classifier(images)
        seen = dict(features)
    assert list(seen) == ["network.0 (convolution)", "network.2 (pooling)", PENULTIMATE]
    expected = classifier.network[:3](images)
    assert torch.equal(seen["network.2 (pooling)"], expected)
    assert torch.equal(seen[PENULTIMATE], expected.flatten(1))


def test_named_layers_are_the_only_ones() -> None:
    classifier = build(nn.Conv2d(1, 4, 5), nn.ReLU())
    (layer,) = layers_of(classifier, ("network.1",))
    assert layer.name == "network.1 (layer)"
    assert layer.reach == Reach(1, 0, 4)


def test_an_unknown_layer_is_refused() -> None:
    with (
        pytest.raises(ValueError, match=r"no layer 'nowhere'.*network\.0"),
        observed(build(nn.ReLU()), ("nowhere",)),
    ):
        pass


def test_hooks_leave_with_the_block() -> None:
    classifier = build(nn.Conv2d(1, 4, 5))
    images = torch.rand(2, 1, SIDE, SIDE)
    classifier(images)
    with observed(classifier, ()) as features:
        classifier(images)
    features.clear()
    classifier(images)
    assert not features


def test_of_a_layer_passed_twice_the_first_time_counts() -> None:
    shared = nn.Conv2d(1, 1, 3, padding=1)
    classifier = build(shared, nn.ReLU(), shared)
    images = torch.rand(2, 1, SIDE, SIDE)
    classifier(images)
    with observed(classifier, ()) as features:
        classifier(images)
    assert torch.equal(features["network.0 (convolution)"], shared(images))


def test_every_pitch_grows() -> None:
    reaches = [layer.reach for layer in layers_of(build(*STACKS["valid"])) if layer.reach is not None]
    assert all(before.pitch <= behind.pitch for before, behind in pairwise(reaches))
