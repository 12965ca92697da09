from dataclasses import replace

import pandas as pd
import pytest

from runbench.report.figures import captions


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (["baseline"], ""),
        (["baseline", "capsnet"], "Colour is the architecture."),
        (["baseline", "stn"], "Colour is the architecture, marker the regime (clean, augmented)."),
    ],
)
def test_colours_and_marks_are_told_where_there_are_several(degrees, shown, expected):
    assert captions.styles(degrees.only(shown), "marker") == expected


def test_models_of_one_architecture_have_a_colour_each(degrees):
    tables = degrees.only(["baseline", "capsnet"])
    assert (
        captions.styles(replace(tables, models=tables.models.assign(architecture="cnn"))) == "Colour is the model."
    )


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        (1, "1,200 images at each level; bands: 95% intervals (bootstrap)."),
        (3, "1,200 images at each level. Lines: mean over seeds; bands: from the lowest to the highest seed."),
    ],
)
def test_bands_are_intervals_of_one_seed_and_ranges_of_several(seeds, expected):
    curves = pd.DataFrame({"seeds": [1, seeds], "count": [900, 1200]})
    assert captions.bands(curves, "bootstrap") == expected


def test_the_level_that_images_miss_most_is_told():
    curves = pd.DataFrame({"level": [0.0, 0.3, 0.6], "value": [0.0, 0.28, 0.42]})
    assert captions.attained(curves).endswith("at 0.6 they attain 0.42 on average, the furthest from it.")
    assert captions.attained(curves.iloc[:1]) == ""
    assert captions.attained(curves.iloc[:0]) == ""


def test_a_miss_that_rounding_hides_is_none():
    assert captions.attained(pd.DataFrame({"level": [0.3], "value": [0.3 + 1e-9]})) == ""


@pytest.mark.parametrize(("seeds", "word"), [(1, "95% intervals"), (2, "from the lowest to the highest seed")])
def test_the_spread_is_that_of_images_or_of_seeds(seeds, word):
    assert word in captions.spread(pd.DataFrame({"seeds": [1, seeds]}))


@pytest.mark.parametrize(
    ("seeds", "low", "expected"),
    [
        (1, 0.1, "40 images; bars: 95% intervals over the choice of images."),
        (3, 0.1, "40 images, means over 3 seeds; bars: 95% intervals over the choice of images."),
        (1, None, "40 images."),
    ],
)
def test_bars_are_told_only_where_there_are_bounds(seeds, low, expected):
    assert captions.bars(pd.DataFrame({"seeds": [seeds], "count": [40], "x_low": [low]})) == expected
