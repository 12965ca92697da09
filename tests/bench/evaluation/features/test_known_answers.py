"""Networks whose answers are known, through the whole pass."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from runbench.data.loading import Split
from runbench.data.test_images import lay_out
from runbench.evaluation.features.lie import SCORES
from runbench.evaluation.layers import PENULTIMATE
from runbench.suites import SUITES

FIRST = "network.0 (convolution)"
SECOND = "network.1 (convolution)"
QUARTERS = (-90.0, 0.0, 45.0, 90.0, 180.0)
LATTICED = ("equivariance_error", "exact_equivariance_error", "lie_derivative", "relative_lie_derivative")
FLAT = ("pose_decodability", "pose_decodability_equal_width", "learned_map")


def stack(*layers):
    torch.manual_seed(0)
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(4))


def symmetric(convolution):
    """Make a convolution's kernels the same when turned by a quarter."""
    with torch.no_grad():
        turned = [torch.rot90(convolution.weight, quarters, (2, 3)) for quarters in range(4)]
        convolution.weight.copy_(sum(turned) / 4)
    return convolution


def constant(layer, bias):
    """Make a layer say the same of everything."""
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.fill_(bias)
    return layer


class Formula(nn.Module):
    """Compute scores (B, K) by a function of images (B, 1, H, W)."""

    def __init__(self, formula):
        super().__init__()
        self.formula = formula

    def forward(self, images):
        return self.formula(images)


# The constant model


def test_a_constant_model_is_invariant_and_worth_nothing(measured):
    rows = measured(stack(constant(nn.Conv2d(1, 3, 3, stride=3), 0.3)), levels=QUARTERS, count=60)
    assert [row["value"] for row in rows.all("prediction_distance")] == [0] * 5
    for layer in (FIRST, PENULTIMATE):
        assert rows.of("dead_units", layer)["value"] == 1
    for measure in ("feature_distance", "level_variance", "normalised_variance", "firing_ratio", "learned_map"):
        assert rows.all(measure) == []
    assert rows.of("pose_decodability", PENULTIMATE)["value"] == pytest.approx(0, abs=1e-9)
    assert rows.of("lie_derivative", SCORES)["value"] == 0


# The identity transform


@pytest.mark.parametrize("suite", ["rotation", "scale", "parts-apart", "noise"])
def test_where_nothing_changes_nothing_moves(measured, suite):
    identity = SUITES[suite].identity
    last = SUITES[suite].levels[-1]
    rows = measured(stack(nn.Conv2d(1, 3, 5)), suite, levels=(identity, last), count=20)
    assert rows.of("prediction_distance", level=identity)["value"] == 0
    assert rows.of("prediction_distance", level=last)["value"] > 0
    for layer in (FIRST, PENULTIMATE):
        assert rows.of("feature_distance", layer, identity)["value"] == 0
        assert rows.of("feature_distance", layer, last)["value"] > 0.1
        assert rows.of("level_variance", layer, identity)["value"] == 0
    assert identity not in rows.levels("equivariance_error") + rows.levels("learned_map")


# Convolutions


@pytest.mark.parametrize(
    ("suite", "levels"),
    [
        ("rotation", (0.0, 33.0, 100.0)),
        ("translation", (0.0, 0.5, 3.3)),
        ("scale", (1.0, 0.4, 0.7, 1.4)),
        ("shear", (0.0, 0.4, 1.0)),
        ("projective", (0.0, 3.0)),
        ("elastic", (0.0, 2.0)),
    ],
)
def test_a_convolution_of_single_pixels_is_equivariant_under_every_warp(measured, suite, levels):
    rows = measured(stack(nn.Conv2d(1, 6, 1), nn.ReLU(), nn.Conv2d(6, 3, 1)), suite, levels=levels, count=20)
    # What is said of single pixels by sums alone; what bends must not be resampled before
    assert rows.levels("equivariance_error", FIRST) == list(levels[1:])
    assert max(row["value"] for row in rows.all("equivariance_error", FIRST)) < 1e-5
    assert all(("floor" in row) == (suite != "elastic") for row in rows.all("equivariance_error"))
    assert all(row["floor"] > 0.01 for row in rows.all("equivariance_error") if "floor" in row)
    assert min(row["value"] for row in rows.all("equivariance_error", "network.2 (convolution)")) > 1e-4


@pytest.mark.parametrize(
    ("layers", "pitches"),
    [
        ((nn.Conv2d(1, 4, 5), nn.Conv2d(4, 4, 3)), (1, 1)),
        ((nn.Conv2d(1, 4, 5, padding=2), nn.Conv2d(4, 4, 3, padding=1)), (1, 1)),
        ((nn.Conv2d(1, 4, 5, stride=2), nn.Conv2d(4, 4, 3, stride=2, padding=1)), (2, 4)),
        ((nn.Conv2d(1, 4, 4, stride=2, padding=1), nn.Conv2d(4, 4, 2)), (2, 2)),
    ],
    ids=["valid", "same", "strided", "even"],
)
def test_convolutions_are_equivariant_on_the_exact_subset_of_shifts_and_only_there(measured, layers, pitches):
    levels = (0.0, 1.0, 2.0, 2.5, 4.0)
    rows = measured(stack(*layers), "translation", levels=levels, count=20)
    for layer, pitch in zip((FIRST, SECOND), pitches, strict=True):
        exact = [level for level in levels[1:] if level % pitch == 0]
        assert rows.levels("exact_equivariance_error", layer) == exact
        assert rows.levels("equivariance_error", layer) == list(levels[1:])
        for row in rows.all("exact_equivariance_error", layer):
            assert row["value"] < 1e-5
            assert rows.of("equivariance_error", layer, row["level"])["floor"] < 1e-5
        other = [row for row in rows.all("equivariance_error", layer) if row["level"] not in exact]
        assert all(row["value"] > 1e-3 for row in other if pitch > 1)


@pytest.mark.parametrize("stride", [1, 3])
def test_symmetric_convolutions_are_equivariant_to_quarter_turns_and_others_are_not(measured, stride):
    # 28 pixels and 4: the lattice of stride 3 begins and ends at the border, so turns take it onto itself
    layers = [nn.Conv2d(1, 4, 4, stride=stride, bias=False) for _ in range(2)]
    symmetric(layers[0])
    even, uneven = (measured(stack(layer), levels=QUARTERS, count=20) for layer in layers)
    assert even.levels("exact_equivariance_error", FIRST) == [-90, 90, 180]
    assert max(row["value"] for row in even.all("exact_equivariance_error", FIRST)) < 1e-5
    assert min(row["value"] for row in uneven.all("exact_equivariance_error", FIRST)) > 0.1
    assert even.of("equivariance_error", FIRST, 45.0)["value"] > 0.01


def test_a_lattice_that_does_not_turn_onto_itself_has_no_exact_subset(measured):
    # The last of 28 pixels is left over
    rows = measured(stack(symmetric(nn.Conv2d(1, 4, 3, stride=2, bias=False))), levels=QUARTERS, count=5)
    assert rows.levels("exact_equivariance_error") == []
    assert rows.levels("equivariance_error", FIRST) == [-90, 45, 90, 180]


def test_a_global_average_is_invariant_to_quarter_turns_and_not_between(measured):
    layers = symmetric(nn.Conv2d(1, 5, 3, bias=False)), nn.ReLU(), nn.AdaptiveAvgPool2d(1)
    rows = measured(stack(*layers), levels=QUARTERS)
    for level in (-90.0, 90.0, 180.0):
        assert rows.of("feature_distance", PENULTIMATE, level)["value"] < 1e-5
        assert rows.of("feature_distance", FIRST, level)["value"] > 0.3
        assert rows.of("prediction_distance", level=level)["value"] < 1e-6
        assert rows.of("level_variance", PENULTIMATE, level)["value"] < 1e-5
    assert rows.of("feature_distance", PENULTIMATE, 45.0)["value"] > 0.01
    assert rows.of("prediction_distance", level=45.0)["value"] > 1e-5


def test_there_is_no_row_where_there_is_no_grid(measured):
    rows = measured(stack(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1)), levels=QUARTERS, count=60)
    for measure in LATTICED:
        assert {row["layer"] for row in rows.all(measure)} <= {FIRST, SCORES}
    for measure in FLAT:
        assert {row["layer"] for row in rows.all(measure)} == {PENULTIMATE}
    # Of sixty images no unit can fire at one in a hundred
    pooled = {row["metric"] for row in rows if row["layer"] == "network.1 (pooling)"}
    assert pooled == {"feature_distance", "dead_units", "level_variance", "normalised_variance"}


def test_changes_that_move_no_coordinates_have_no_equivariance(measured):
    rows = measured(stack(nn.Conv2d(1, 4, 3)), "noise")
    assert all(rows.all(measure) == [] for measure in LATTICED)
    assert rows.levels("feature_distance", FIRST) == list(SUITES["noise"].levels)


# Firing


def test_an_invariant_unit_fires_a_hundred_times_as_often_as_by_chance(measured):
    # Whole numbers: the sum of all pixels is the same to the last bit however they lie
    summed = Formula(lambda images: (images * 255).round().sum(dim=(1, 2, 3))[:, None])
    rows = measured(stack(summed), levels=(-90.0, 0.0, 90.0, 180.0), count=500)
    assert rows.of("firing_ratio", PENULTIMATE)["value"] == pytest.approx(100)
    assert rows.of("normalised_variance", PENULTIMATE)["value"] == pytest.approx(0, abs=1e-9)


def test_a_unit_that_fires_at_random_fires_as_often_along_an_orbit_as_anywhere(measured):
    weights = torch.rand(60, 784, generator=torch.Generator().manual_seed(0)).double()
    # Digits far behind the point, which no change leaves as they were
    chaotic = Formula(lambda images: (images.flatten(1).double() @ weights.T * 5000).frac().float())
    rows = measured(stack(chaotic), levels=range(-150, 181, 30), count=500)
    # 60 units, 5 images, 11 further levels: 33 events are expected, so a deviation of 17%
    assert rows.of("firing_ratio", PENULTIMATE)["value"] == pytest.approx(1, abs=0.7)
    # The deviation of twelve numbers is that of few: on average a twenty-fourth too small
    assert rows.of("normalised_variance", PENULTIMATE)["value"] == pytest.approx(1 - 1 / 24, abs=0.02)
    assert rows.of("feature_distance", PENULTIMATE, 30)["value"] == pytest.approx(1, abs=0.05)


# Local equivariance


def summed_by(weights):
    """Return a network whose four scores are each a weighted sum of pixels."""
    return Formula(lambda images: (images * weights).sum(dim=(1, 2, 3))[:, None].expand(-1, 4))


def test_a_sum_of_pixels_is_locally_invariant_to_shifts_that_clip_nothing(measured):
    rows = measured(summed_by(torch.ones(40, 40)), "translation", levels=(0.0, 1.0), count=30)
    assert rows.of("relative_lie_derivative", SCORES)["value"] < 1e-8


def test_the_local_error_of_a_moment_is_its_slope(measured, digits):
    ramp = torch.arange(40.0).expand(40, 40)
    rows = measured(summed_by(ramp), "translation", levels=(0.0, 1.0), count=30)
    images = lay_out(SUITES["translation"], "test", digits, 30)
    pixels = images.objects(torch.arange(30), torch.device("cpu"))
    # A pixel further to the right, the moment has grown by the sum of all pixels
    slopes = pixels.sum(dim=(1, 2, 3)) * images.parameters[:, 0]
    moments = (pixels * ramp).sum(dim=(1, 2, 3))
    expected = float(slopes.square().mean())
    assert rows.of("lie_derivative", SCORES)["value"] == pytest.approx(expected, rel=1e-3)
    relative = expected / float(moments.square().mean())
    assert rows.of("relative_lie_derivative", SCORES)["value"] == pytest.approx(relative, rel=1e-3)


@pytest.mark.parametrize("suite", ["translation", "rotation", "scale"])
def test_a_convolution_of_single_pixels_is_locally_equivariant(measured, blobs, suite):
    rows = measured(stack(nn.Conv2d(1, 3, 1, bias=False)), suite, count=30, split=blobs)
    beside = measured(stack(nn.Conv2d(1, 3, 5, stride=3, bias=False)), suite, count=30, split=blobs)
    own = rows.of("lie_derivative", FIRST)["value"] / rows.of("lie_derivative", SCORES)["value"]
    assert rows.of("relative_lie_derivative", FIRST)["value"] < (
        1e-3 * beside.of("relative_lie_derivative", FIRST)["value"]
    )
    assert own < 1e-3


def test_the_local_error_of_a_ramp_is_the_image_itself(measured, blobs):
    ramp = 1 + torch.arange(40.0).expand(40, 40)
    rows = measured(
        stack(Formula(lambda images: images * ramp)),
        "translation",
        levels=(0.0, 1.0),
        count=40,
        split=blobs,
        names=("network.0",),
    )
    images = lay_out(SUITES["translation"], "test", blobs, 40)
    pixels = images.objects(torch.arange(40), torch.device("cpu"))
    step = 0.1 / float(images.parameters.square().sum(dim=1).mean().sqrt())
    # Between pixels the image is their mean: what is seen of it over a step lies mostly beside the pixel
    seen = step * pixels + (1 - step) * (pixels.roll(1, dims=3) + pixels.roll(-1, dims=3)) / 2
    slopes = (seen * images.parameters[:, 0, None, None, None]).square().sum()
    relative = float(slopes / (pixels * ramp).square().sum())
    assert rows.of("relative_lie_derivative", "network.0 (layer)")["value"] == pytest.approx(relative, rel=0.03)


# Linear maps


def direction(images):
    """Return where the ink lies from the middle (B, 2), x to the right and y upwards."""
    side = images.shape[-1]
    place = (torch.arange(side) - (side - 1) / 2).to(images)
    ink = images.sum(dim=(1, 2, 3)).clamp(min=1e-6)
    across = (images.sum(dim=(1, 2)) * place).sum(dim=1) / ink
    down = (images.sum(dim=(1, 3)) * place).sum(dim=1) / ink
    return torch.stack((across, -down), dim=1)


def test_a_direction_is_mapped_by_a_turn_and_not_as_it_is(measured, blobs):
    rows = measured(stack(Formula(direction)), levels=(-120.0, 0.0, 45.0, 90.0), count=120, split=blobs)
    assert rows.levels("learned_map", PENULTIMATE) == [-120, 45, 90]
    for row in rows.all("learned_map"):
        assert row["value"] > 0.999
        assert row["low"] <= row["value"] <= row["high"]
    # cos 90 = 0: half of the distance to the mean is saved, and as much again is added
    assert rows.of("learned_map", PENULTIMATE, 90.0)["floor"] == pytest.approx(-1, abs=0.05)


def test_what_is_known_of_the_pose_is_decoded(measured, blobs):
    shifted = Formula(lambda images: direction(images) @ torch.tensor([[1.0, 0.4], [0.0, 2.0]]) + 3)
    levels = (0.0, 2.0, 4.0, 6.0)
    # The same spot a hundred times: where the ink lies says how far it has moved
    same = Split(blobs.images[:1].expand(100, -1, -1, -1), torch.arange(100) % 10)
    rows = measured(stack(shifted), "translation", levels=levels, count=100, split=same)
    assert rows.of("pose_decodability", PENULTIMATE)["value"] > 0.999
    summed = Formula(lambda images: images.sum(dim=(1, 2, 3))[:, None])
    rows = measured(stack(summed), "translation", levels=levels, count=100, split=same)
    assert rows.of("pose_decodability", PENULTIMATE)["value"] < 0.05


def test_narrow_layers_keep_all_their_units_at_equal_width(measured):
    rows = measured(stack(nn.Conv2d(1, 2, 7, stride=5)), levels=QUARTERS, count=60)
    pair = [rows.of(name, PENULTIMATE)["resamples"] for name in FLAT[:2]]
    assert (pair[0] == pair[1]).all()


def test_layers_come_in_the_order_of_passing_and_the_network_last(measured):
    rows = measured(stack(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 3)), levels=QUARTERS)
    order = [FIRST, SECOND, PENULTIMATE, "behind"]
    places = [order.index(row["layer"] if row["layer"] in order else "behind") for row in rows]
    assert all(before <= after for before, after in pairwise(places))
