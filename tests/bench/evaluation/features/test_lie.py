"""The local equivariance error of networks whose derivatives are known."""

import pytest
import torch
from torch import nn

from fixtures.known_networks import FIRST, Formula, stack
from runbench.data.test_images import lay_out
from runbench.evaluation.features.lie import SCORES
from runbench.suites import SUITES


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
