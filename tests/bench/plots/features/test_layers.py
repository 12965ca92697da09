import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import LogNorm
from matplotlib.patches import Rectangle

from fixtures.figures import measured, responses, titles
from fixtures.suites import MODELS, SHIFT
from fixtures.synthetic_features import LAYERS
from runbench import plots
from runbench.plots.features.layers import LEAST_RATIO, LONGEST_NAME, MOST_LAYERS, short_names
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


LOOKS = plots.styles_of(
    pd.DataFrame([(name, *both) for name, both in MODELS.items()], columns=["model", "architecture", "regime"])
)


def maps_of(figure):
    return [axes.collections[0] for axes in figure.axes if axes.get_title(loc="left")]


def ticks(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_one_seed_keeps_its_interval():
    rows = measured("pose_decodability", "capsnet")
    assert rows["layer"].tolist() == ["primary (capsules)", "routing (capsules)"]
    assert rows["low"].tolist() == pytest.approx((0.9 * rows["value"]).tolist())
    assert rows["seeds"].tolist() == [1, 1]


def test_several_seeds_give_their_mean_and_range():
    stored = responses("baseline", seeds=(0, 1, 4))
    rows = plots.features_over_seeds(stored, "equivariance_error", ["baseline"])
    kept = stored[stored["metric"] == "equivariance_error"]
    for row in rows.to_dict(orient="records"):
        values = kept.loc[(kept["layer"] == row["layer"]) & (kept["level"] == row["level"])]
        assert (row["low"], row["high"]) == (values["value"].min(), values["value"].max())
        assert row["value"] == pytest.approx(np.mean(values["value"]))
        assert row["floor"] == pytest.approx(np.mean(values["floor"]))
        assert row["seeds"] == 3
    assert len(rows) == 4 * 23


def test_models_stand_in_the_order_asked_for_and_layers_as_stored():
    rows = plots.features_over_seeds(responses("capsnet", "baseline"), "dead_units", ["baseline", "capsnet"])
    expected = [("baseline", layer) for layer, _ in LAYERS["cnn"]]
    expected += [("capsnet", layer) for layer, _ in LAYERS["capsnet"]]
    assert list(zip(rows["model"], rows["layer"], strict=True)) == expected


def test_a_measure_that_nobody_has_gives_no_rows():
    assert measured("canonicalisation_error", "baseline").empty


def test_maps_hold_the_numbers_by_layer_and_level_under_one_scale():
    rows = measured("feature_distance", "baseline", "stn")
    figure = plots.plot_distance_maps(rows, ROTATION, "distance")
    assert titles(figure) == ["baseline", "stn"]
    for model, mesh in zip(("baseline", "stn"), maps_of(figure), strict=True):
        part = rows[rows["model"] == model]
        expected = [part.loc[part["level"] == level, "value"].tolist() for level in ROTATION.levels]
        assert np.asarray(mesh.get_array()).T.tolist() == expected
        assert (mesh.norm.vmin, mesh.norm.vmax) == (0, 1)


def test_ratios_have_a_logarithmic_scale_that_small_ones_do_not_fill():
    rows = measured("equivariance_error", "baseline", "augmented")
    rows["value"] = np.linspace(0.8, 3, len(rows))
    scales = [mesh.norm for mesh in maps_of(plots.plot_ratio_maps(rows, ROTATION, "ratio"))]
    assert [(type(scale), scale.vmin, scale.vmax) for scale in scales] == [(LogNorm, 0.8, 10.0)] * 2
    rows.loc[0, "value"], rows.loc[1, "value"] = 300.0, 1e-6
    figure = plots.plot_ratio_maps(rows, ROTATION, "ratio")
    assert [(mesh.norm.vmin, mesh.norm.vmax) for mesh in maps_of(figure)] == [(LEAST_RATIO, 300.0)] * 2
    bar = figure.axes[-1].xaxis
    inside = [place for place in bar.get_majorticklocs() if LEAST_RATIO <= place <= 300]
    assert inside == [1, 10, 100]
    assert {"1", "10", "100"} <= set(ticks(bar))


def test_places_without_a_number_are_hatched_and_so_is_the_identity():
    rows = measured("equivariance_error", "baseline")
    rows.loc[rows["level"] == 90, "value"] = np.nan
    figure = plots.plot_ratio_maps(rows, ROTATION, "ratio")
    (mesh,) = maps_of(figure)
    hidden = np.ma.getmaskarray(mesh.get_array())
    assert hidden.all(axis=0).nonzero()[0].tolist() == [ROTATION.levels.index(0), ROTATION.levels.index(90)]
    assert hidden.sum() == 2 * 4
    below = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle) and patch.get_hatch()]
    assert len(below) == 1
    assert below[0].get_zorder() <= mesh.get_zorder()


def test_levels_are_named_evenly_with_the_identity_among_them():
    figure = plots.plot_distance_maps(measured("feature_distance", "baseline"), ROTATION, "distance")
    named = [float(text.replace("\N{MINUS SIGN}", "-")) for text in ticks(figure.axes[0].xaxis)]
    assert set(np.diff(named)) == {30.0}
    assert 0 in named


def test_of_many_layers_an_even_choice_is_drawn_from_first_to_last():
    names = [f"stage.{number} (convolution)" for number in range(100)]
    rows = pd.DataFrame({"model": "deep", "layer": np.repeat(names, 2), "level": [0.0, 2.0] * 100, "value": 0.5})
    figure = plots.plot_distance_maps(rows, SHIFT, "distance")
    drawn = ticks(figure.axes[0].yaxis)
    assert len(drawn) == MOST_LAYERS
    assert (drawn[0], drawn[-1]) == (names[0], names[-1])


def profile_of(*names, **options):
    rows = pd.DataFrame(
        {
            "model": "baseline",
            "layer": names,
            "value": [0.0, 1e-6, 2.0][: len(names)],
            "low": np.nan,
            "high": np.nan,
        }
    )
    return plots.Profile("error", rows, **options)


def markers(axes):
    return next(line.get_xydata() for line in axes.get_lines() if line.get_linestyle() == "None")


def test_profiles_stand_at_their_layers_and_leave_out_what_is_not_measured():
    figure = plots.plot_profiles(
        [profile_of("first", "second", "third"), profile_of("first")],
        {"baseline": ["first", "between", "second", "third"]},
        LOOKS,
    )
    left, right = figure.axes
    points = markers(left)
    assert points[[0, 2, 3]].tolist() == [[0.0, 0], [1e-6, 2], [2.0, 3]]
    assert np.isnan(points[1, 0])
    assert ticks(left.yaxis) == ["first", "between", "second", "third"]
    assert left.get_ylim()[0] > left.get_ylim()[1]
    assert -0.2 < left.get_xlim()[0] <= 0
    assert right.get_xlabel() == "error"


def test_zero_stands_at_the_edge_of_a_logarithmic_profile_and_the_mark_is_dashed():
    figure = plots.plot_profiles(
        [profile_of("first", "second", "third", scale="log", mark=1e-5, least=1e-8)],
        {"baseline": ["first", "second", "third"]},
        LOOKS,
    )
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert markers(axes)[:, 0].tolist() == [1e-8, 1e-6, 2.0]
    assert [1e-5, 1e-5] in [list(line.get_xdata()) for line in axes.get_lines()]


def test_long_paths_are_cut_as_far_as_they_stay_apart():
    long = [f"encoder.stages.{stage}.blocks.layers.0 (convolution)" for stage in range(2)]
    assert short_names(["stem (convolution)", *long]) == [
        "stem (convolution)",
        "\N{HORIZONTAL ELLIPSIS}0.blocks.layers.0 (convolution)",
        "\N{HORIZONTAL ELLIPSIS}1.blocks.layers.0 (convolution)",
    ]
    assert short_names(long[:1]) == ["\N{HORIZONTAL ELLIPSIS}layers.0 (convolution)"]
    alone = "a" * (LONGEST_NAME + 1)
    assert short_names([alone]) == [alone]


@pytest.mark.parametrize("models", [("baseline",), tuple(MODELS)])
def test_nothing_is_cut_off(models):
    rows = measured("feature_distance", *models)
    figure = plots.plot_distance_maps(rows, ROTATION, "invariance error")
    plots.figure_files(figure)
    width, height = figure.get_size_inches()
    taken = figure.get_tightbbox()
    assert min(taken.x0, taken.y0) >= 0
    assert taken.x1 <= width
    assert taken.y1 <= height
