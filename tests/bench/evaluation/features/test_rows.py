"""Rows from values per image, against resamples made one by one."""

import numpy as np
import pytest
import torch

from runbench.evaluation.features.rows import PerImage, ratio_rows, sweep_row
from runbench.statistics import bootstrap_weights

LEVELS = (0.0, 1.0, 4.0)


@pytest.fixture
def values():
    """Return what stands over and under the line, for 30 images at three levels."""
    rng = np.random.default_rng(0)
    return rng.uniform(0, 2, (30, 3)), rng.uniform(1, 3, (30, 3))


def test_batches_and_levels_become_a_table():
    table = torch.arange(10.0).reshape(5, 2)
    values = PerImage()
    assert not values
    for batch in (table[:3], table[3:]):
        for level in range(2):
            values.add(level, batch[:, level])
    assert values
    assert torch.equal(values.stacked(), table)
    assert values.table().tolist() == table.tolist()
    assert values.table().dtype == np.float64


def test_a_ratio_is_of_sums_and_its_bounds_are_over_images(values):
    over, under = values
    rows = list(ratio_rows("equivariance_error", "layer", LEVELS, over, under, floor=over / 2))
    for place, row in enumerate(rows):
        resampled = []
        for times in bootstrap_weights(30)[1:].astype(int):
            drawn = np.repeat(np.arange(30), times)
            resampled.append(over[drawn, place].sum() / under[drawn, place].sum())
        assert row == {
            "metric": "equivariance_error",
            "layer": "layer",
            "level": LEVELS[place],
            "value": pytest.approx(over[:, place].sum() / under[:, place].sum()),
            "low": pytest.approx(np.quantile(resampled, 0.025)),
            "high": pytest.approx(np.quantile(resampled, 0.975)),
            "floor": pytest.approx(over[:, place].sum() / 2 / under[:, place].sum()),
            "count": 30,
        }


def test_nothing_is_said_of_a_level_without_a_denominator(values):
    over, under = values
    under[:, 1] = 0
    assert [row["level"] for row in ratio_rows("m", None, LEVELS, over, under)] == [0, 4]
    over[:, 1] = 0
    assert [row["level"] for row in ratio_rows("m", None, LEVELS, over, under)] == [0, 4]


def test_a_floor_that_is_unknown_of_one_image_is_left_out(values):
    over, under = values
    floor = over.copy()
    floor[4, 2] = np.nan
    assert ["floor" in row for row in ratio_rows("m", None, LEVELS, over, under, floor)] == [True, True, False]
    assert not any("floor" in row for row in ratio_rows("m", None, LEVELS, over, under))


def test_a_row_of_the_sweep_keeps_its_resamples():
    resamples = np.linspace(0, 1, 1001)
    (row,) = sweep_row("pose_decodability", "layer", resamples, 12)
    assert (row["value"], row["count"]) == (0.0, 12)
    assert (row["low"], row["high"]) == (pytest.approx(0.026, abs=1e-3), pytest.approx(0.975, abs=1e-3))
    assert row["resamples"].dtype == np.float32
    assert row["resamples"] == pytest.approx(resamples)
    assert "level" not in row


def test_a_sweep_without_a_value_has_no_row():
    assert list(sweep_row("pose_decodability", "layer", np.full(1001, np.nan), 12)) == []
