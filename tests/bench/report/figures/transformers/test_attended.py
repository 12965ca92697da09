from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from fixtures.shown import transformer_arrays
from fixtures.suite_tables import DEGREES, figure_of, with_arrays
from fixtures.suites import STREWN
from runbench.report.figures.transformers.attended import SAMPLES_ALONG_AXIS, attended


def test_change_is_from_one_level_to_the_next(degrees):
    table = figure_of(attended, degrees).table
    output = transformer_arrays(DEGREES, 1)["attended"][0].astype(float)
    steps = [np.abs(later - earlier).mean() for earlier, later in pairwise(output)]
    assert len(table) == SAMPLES_ALONG_AXIS * len(DEGREES.levels)
    for _, rows in table.groupby("sample"):
        assert np.isnan(rows["change"].iloc[0])
        assert rows["change"].iloc[1:].tolist() == pytest.approx(steps)


def test_a_transformer_that_passes_on_the_same_image_changes_nothing(degrees):
    same = np.repeat(transformer_arrays(DEGREES, 4)["attended"][:, :1], len(DEGREES.levels), axis=1)
    table = figure_of(attended, with_arrays(degrees, "stn", "attended", attended=same)).table
    assert table["change"].dropna().tolist() == [0] * SAMPLES_ALONG_AXIS * (len(DEGREES.levels) - 1)


def test_samples_are_the_first_and_the_last_along_an_axis_and_all_of_a_small_set(degrees, pairs_set):
    along, on_set = (figure_of(attended, tables) for tables in (degrees, pairs_set))
    assert set(along.table["sample"]) == {0, 3}
    assert set(on_set.table["sample"]) == {0, 1, 2, 3}
    assert len(on_set.table) == 4 * len(STREWN.levels)
    assert "Test images along the rotation angle and" in along.caption
    assert "Test images of the set and" in on_set.caption


def test_only_models_that_pass_something_on_are_named(degrees):
    assert "the spatial transformer of stn passes on" in figure_of(attended, degrees).caption
    stn = replace(degrees.samples.introspections["stn"], attended=None)
    without = replace(degrees, samples=replace(degrees.samples, introspections={"stn": stn}))
    assert not list(attended(without))
