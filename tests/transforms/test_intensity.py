import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from runbench.transforms.intensity import Blur, ContrastLoss, Noise

GREY = torch.full((8, 1, 28, 28), 0.5)


def random_images(count, side=28):
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(1))


def windows(count):
    return Noise(0.0).sample_parameters(count, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("level", [0.02, 0.05, 0.1])
def test_noise_has_the_levels_standard_deviation_about_no_change(level):
    disturbed = Noise(level)(GREY.expand(-1, 3, -1, -1), windows(8))
    assert disturbed.std().item() == pytest.approx(level, rel=0.02)
    assert disturbed.mean().item() == pytest.approx(0.5, abs=level / 20)
    within = ((disturbed - 0.5).abs() < level).float().mean()
    assert within.item() == pytest.approx(0.6827, abs=0.01)


def test_noise_is_one_pattern_that_grows_with_the_level():
    low, high = (Noise(level)(GREY, windows(8)) - 0.5 for level in (0.02, 0.06))
    assert torch.allclose(low * 3, high, atol=1e-6)


def test_noise_is_cut_to_black_and_white():
    disturbed = Noise(0.5)(GREY, windows(8))
    added = (Noise(0.05)(GREY, windows(8)) - 0.5) * 10
    assert torch.allclose(disturbed, (0.5 + added).clamp(0, 1), atol=1e-5)
    assert (disturbed == 0).any()
    assert (disturbed == 1).any()


def test_noise_differs_between_images_and_channels_and_is_white():
    patterns = (Noise(0.05)(GREY.expand(-1, 3, -1, -1), windows(8)) - 0.5).flatten(0, 1).flatten(1)
    correlation = torch.corrcoef(patterns) - torch.eye(24)
    assert correlation.abs().max() < 0.2
    grid = patterns.reshape(-1, 28, 28)
    for beside in (grid[:, 1:] * grid[:, :-1], grid[..., 1:] * grid[..., :-1]):
        assert beside.mean().abs() < 0.03 * 0.05**2


def test_the_same_window_gives_the_same_noise_at_the_texture_s_edges_too():
    parameters = torch.tensor([[1020.0, 1015.0], [1020.0, 1015.0], [1021.0, 1015.0]])
    one, same, below = Noise(0.05)(GREY[:3], parameters)
    assert torch.equal(one, same)
    assert torch.equal(one[:, 1:], below[:, :-1])


@pytest.mark.parametrize("level", [0.5, 1.5, 4.0])
@pytest.mark.parametrize("grey", [0.0, 0.3, 1.0])
def test_blur_leaves_plain_images_plain(level, grey):
    plain = torch.full((1, 1, 28, 36), grey)
    assert torch.allclose(Blur(level)(plain, torch.empty(1, 0)), plain, atol=1e-6)


@pytest.mark.parametrize("level", [0.5, 1.0, 2.0])
def test_blur_equals_a_gaussian_filter(level):
    images = random_images(3, side=40)
    blurred = Blur(level)(images, torch.empty(3, 0)).numpy()
    expected = gaussian_filter(images.numpy(), level, axes=(2, 3), mode="nearest", truncate=8)
    # They differ in what they think lies beyond the border
    middle = slice(12, -12)
    assert np.allclose(blurred[..., middle, middle], expected[..., middle, middle], atol=1e-5)


def test_blur_is_the_same_along_rows_and_columns():
    images = random_images(3)
    turned = Blur(1.3)(images.mT, torch.empty(3, 0)).mT
    assert torch.allclose(turned, Blur(1.3)(images, torch.empty(3, 0)), atol=1e-6)


@pytest.mark.parametrize("level", [0.5, 1.0, 1.5])
def test_blur_keeps_the_ink_of_what_lies_in_the_middle(level):
    images = torch.zeros(4, 1, 28, 28)
    images[:, :, 9:19, 9:19] = random_images(4, side=10)
    ink = Blur(level)(images, torch.empty(4, 0)).sum(dim=(1, 2, 3))
    assert torch.allclose(ink, images.sum(dim=(1, 2, 3)), rtol=1e-4)


def test_blur_of_a_point_spreads_by_the_level():
    point = torch.zeros(1, 1, 41, 41)
    point[0, 0, 20, 20] = 1
    place = torch.arange(41.0) - 20
    for level in (1.0, 2.5):
        profile = Blur(level)(point, torch.empty(1, 0))[0, 0].sum(dim=0)
        assert (profile * place**2).sum().sqrt().item() == pytest.approx(level, rel=1e-3)


@pytest.mark.parametrize("level", [0.2, 0.6, 0.9])
def test_contrast_shrinks_about_the_mean_of_each_image(level):
    images = random_images(5) * torch.linspace(0.2, 1, 5)[:, None, None, None]
    faded = ContrastLoss(level)(images, torch.empty(5, 0)).flatten(1)
    assert torch.allclose(faded.mean(dim=1), images.flatten(1).mean(dim=1), atol=1e-6)
    assert torch.allclose(faded.std(dim=1), images.flatten(1).std(dim=1) * (1 - level), atol=1e-6)


def test_contrast_loss_on_a_small_image():
    images = torch.tensor([[0.0, 1.0], [0.4, 0.2]])[None, None]
    faded = ContrastLoss(0.5)(images, torch.empty(1, 0))
    assert torch.allclose(faded[0, 0], torch.tensor([[0.2, 0.7], [0.4, 0.3]]))
