"""Normalised variance and firing ratio, against loops over images, levels and units."""

import numpy as np
import pytest
import torch

from runbench.metrics.features.orbits import FiringRates, OrbitMoments, thresholds_of

IDENTITY = 2


def orbits(count=40, levels=5, units=7, seed=0):
    """Return orbits (B, L, U) of units that differ in how much images and levels move them."""
    source = torch.Generator().manual_seed(seed)
    own = torch.randn(count, 1, units, generator=source) * torch.linspace(0.5, 3, units)
    return own + torch.randn(count, levels, units, generator=source) + 5


def moments_of(orbit, batch=11, identity=IDENTITY):
    moments = OrbitMoments(identity)
    for part in orbit.split(batch):
        moments.add(part)
    return moments


def variance_by_hand(orbit):
    """Return the mean over units of [mean over images of the deviation over levels] / [the other way round]."""
    values = orbit.double().numpy()
    ratios = []
    for unit in range(values.shape[2]):
        along = np.mean([np.std(values[image, :, unit]) for image in range(len(values))])
        across = np.mean([np.std(values[:, level, unit]) for level in range(values.shape[1])])
        ratios.append(along / across)
    return np.mean(ratios)


@pytest.mark.parametrize("batch", [1, 11, 40])
def test_normalised_variance_is_what_loops_say(batch):
    orbit = orbits()
    variance, dead, live = moments_of(orbit, batch).normalised_variance()
    assert variance == pytest.approx(variance_by_hand(orbit), rel=1e-9)
    assert (dead, live) == (0, 7)


def test_normalised_variance_of_two_images_at_two_levels():
    # The unit moves by 2 with the level and by 6 with the image: deviations of 1 and 3
    variance, _, _ = moments_of(torch.tensor([[[0.0], [2.0]], [[6.0], [8.0]]]), identity=0).normalised_variance()
    assert variance == pytest.approx(1 / 3)


def test_units_that_do_not_notice_the_change_have_no_variance():
    orbit = orbits()[:, [IDENTITY]].expand(-1, 5, -1)
    moments = moments_of(orbit)
    assert moments.normalised_variance() == (pytest.approx(0, abs=1e-12), 0, 7)
    assert moments.level_variance().tolist() == pytest.approx([0] * 5, abs=1e-12)


def test_dead_units_are_left_out_and_counted():
    orbit = orbits(units=8)
    dead = orbit.clone()
    dead[..., 2] = 0
    # The level moves it, images do not
    dead[..., 5] = torch.arange(5.0) * 3
    living = [unit for unit in range(8) if unit not in (2, 5)]
    variance, share, live = moments_of(dead).normalised_variance()
    assert variance == pytest.approx(variance_by_hand(orbit[..., living]))
    assert (share, live) == (0.25, 6)
    assert torch.allclose(moments_of(dead).level_variance(), moments_of(orbit[..., living]).level_variance())


@pytest.mark.parametrize("value", [0.0, 0.1, -3.3, 1e4])
@pytest.mark.parametrize("batch", [1, 7, 300])
def test_a_constant_layer_is_dead(value, batch):
    constant = torch.full((300, 3, 4), value) * torch.linspace(0.3, 1.7, 3)[:, None]
    variance, share, live = moments_of(constant, batch).normalised_variance()
    assert np.isnan(variance)
    assert (share, live) == (1, 0)


def test_rounding_is_no_life():
    noisy = 7.3 * (1 + 1e-7 * orbits(count=100).sub(5))
    assert moments_of(noisy).normalised_variance()[2] == 0


def test_the_variance_of_a_level_is_that_of_an_orbit_of_it_and_the_identity():
    orbit = orbits()
    levels = moments_of(orbit).level_variance()
    for level in range(5):
        pair = orbit[:, [IDENTITY, level]]
        assert float(levels[level]) == pytest.approx(variance_by_hand(pair), rel=1e-9, abs=1e-12)
    assert levels[IDENTITY] == 0


def test_a_unit_that_is_alike_for_all_images_at_both_levels_is_left_out_there():
    orbit = orbits(units=3)
    # Awake at the last level only
    orbit[:, :-1, 1] = torch.tensor([0.1, 0.7, 0.3, 1.1])
    levels = moments_of(orbit).level_variance()
    for level in range(4):
        assert float(levels[level]) == pytest.approx(
            variance_by_hand(orbit[:, [IDENTITY, level]][..., [0, 2]]), abs=1e-12
        )
    assert float(levels[4]) == pytest.approx(variance_by_hand(orbit[:, [IDENTITY, 4]]))


@pytest.mark.parametrize("count", [1, 2, 20, 99, 100, 101, 512, 1000])
def test_a_unit_fires_above_its_own_quantile(count):
    values = torch.randn(count, 6, generator=torch.Generator().manual_seed(1))
    thresholds = thresholds_of(values)
    assert thresholds.tolist() == np.quantile(values.numpy(), 0.99, axis=0, method="inverted_cdf").tolist()
    assert (values > thresholds).sum(dim=0).tolist() == [count // 100] * 6


def test_a_unit_that_fires_at_random_has_a_ratio_of_one():
    source = torch.Generator().manual_seed(2)
    orbit = torch.rand(1000, 21, 300, generator=source)
    rates = FiringRates(thresholds_of(orbit[:, IDENTITY]), IDENTITY)
    for part in orbit.split(64):
        rates.add(part)
    ratio, units = rates.ratio()
    # 300 units, each with 10 images of 20 further levels: 600 events expected, so a deviation of 4%
    assert ratio == pytest.approx(1, abs=0.15)
    assert units == 300


def test_an_invariant_unit_has_a_ratio_of_a_hundred():
    orbit = torch.rand(1000, 1, 9, generator=torch.Generator().manual_seed(3)).expand(-1, 6, -1)
    rates = FiringRates(thresholds_of(orbit[:, IDENTITY]), IDENTITY)
    rates.add(orbit)
    assert rates.ratio() == (pytest.approx(100), 9)


def test_the_firing_ratio_is_what_loops_say():
    orbit = orbits(count=250, units=5).relu()
    # One unit never fires: the quarter of images above nothing is all that it has
    orbit[..., 3] = 0
    thresholds = thresholds_of(orbit[:, IDENTITY])
    rates = FiringRates(thresholds, IDENTITY)
    for part in orbit.split(60):
        rates.add(part)
    ratios = []
    for unit in range(5):
        fires = (orbit[..., unit] > thresholds[unit]).numpy()
        of_firing = [row for row in fires if row[IDENTITY]]
        if of_firing:
            local = np.mean([np.delete(row, IDENTITY) for row in of_firing])
            ratios.append(local / fires.mean())
    ratio, units = rates.ratio()
    assert units == len(ratios) == 4
    assert ratio == pytest.approx(np.mean(ratios))


def test_units_that_never_fire_have_no_ratio():
    rates = FiringRates(thresholds_of(torch.zeros(200, 3)), 0)
    rates.add(torch.zeros(200, 2, 3))
    ratio, units = rates.ratio()
    assert np.isnan(ratio)
    assert units == 0
