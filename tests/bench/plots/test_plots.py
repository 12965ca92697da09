import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from fixtures.synthetic import (
    BREAK,
    COVER,
    MODELS,
    SHIFT,
    cost_rows,
    history_rows,
    model_rows,
    sample_arrays,
    score_predictions,
)
from runbench import plots
from runbench.analysis.summary import summarise
from runbench.suites import SUITES

ROTATION = SUITES["rotation"]


@pytest.fixture(autouse=True)
def in_style():
    with plots.figure_style():
        yield


@pytest.fixture(scope="module")
def metrics():
    return score_predictions(pd.concat([model_rows(ROTATION, model, images=30) for model in MODELS]))


@pytest.fixture(scope="module")
def summary(metrics):
    return summarise(metrics, pd.concat([cost_rows("rotation", model) for model in MODELS]))


@pytest.fixture(scope="module")
def styles(metrics):
    return plots.styles_of(metrics)


def labels(figure):
    return {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel())} - {""}


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_colour_follows_architecture_and_line_regime(styles):
    assert list(styles) == list(MODELS)
    assert styles["baseline"].colour == styles["augmented"].colour != styles["stn"].colour
    assert styles["augmented"].dash == styles["stn"].dash != styles["baseline"].dash
    assert styles["augmented"].marker == styles["stn"].marker != styles["baseline"].marker


def test_models_alike_in_both_get_colours_of_their_own():
    models = pd.DataFrame({"model": ["a", "b"], "architecture": "cnn", "regime": "clean"})
    styles = plots.styles_of(models)
    assert styles["a"].colour != styles["b"].colour


def test_more_architectures_than_the_palette_has_colours():
    names = [f"m{index}" for index in range(14)]
    styles = plots.styles_of(pd.DataFrame({"model": names, "architecture": names, "regime": "clean"}))
    assert len({style.colour for style in styles.values()}) == 14


def test_curves_of_one_seed_are_the_metrics(metrics):
    curves = plots.curves_over_seeds(metrics, "accuracy")
    rows = metrics[(metrics["metric"] == "accuracy")]
    assert len(curves) == len(rows)
    merged = curves.merge(rows, on=["model", "subset", "level"])
    for part in ("value", "low", "high"):
        assert (merged[f"{part}_x"] == merged[f"{part}_y"]).all()


def test_curves_of_several_seeds_reach_from_the_lowest_to_the_highest():
    metrics = score_predictions(pd.concat([model_rows(ROTATION, "stn", seed, images=30) for seed in (0, 1, 2)]))
    curves = plots.curves_over_seeds(metrics, "accuracy")
    rows = metrics[(metrics["metric"] == "accuracy") & (metrics["subset"] == "all")]
    by_level = rows.groupby("level")["value"]
    mine = curves[curves["subset"] == "all"].set_index("level")
    assert mine["value"].to_dict() == pytest.approx(by_level.mean().to_dict())
    assert mine["low"].to_dict() == by_level.min().to_dict()
    assert mine["high"].to_dict() == by_level.max().to_dict()
    assert (mine["seeds"] == 3).all()


def curves_of(metrics):
    curves = plots.curves_over_seeds(metrics, "accuracy")
    return curves[curves["subset"] == "all"]


def test_lines_show_the_curves(metrics, styles):
    curves = curves_of(metrics)
    figure = plots.plot_by_level(curves, ROTATION, styles, "accuracy")
    assert labels(figure) == {"accuracy", "rotation angle (degrees)"}
    assert legend(figure) == list(MODELS)
    for line, (model, style) in zip(figure.axes[0].get_lines(), styles.items(), strict=True):
        expected = curves[curves["model"] == model].sort_values("level")
        np.testing.assert_allclose(line.get_xdata(), expected["level"])
        np.testing.assert_allclose(line.get_ydata(), expected["value"])
        assert line.get_color() == style.colour


def test_the_strip_marks_what_training_saw(metrics, styles):
    metrics = score_predictions(
        pd.concat([model_rows(SHIFT, model, images=20) for model in ("stn", "baseline")]), {"shift": SHIFT}
    )
    figure = plots.plot_by_level(curves_of(metrics), SHIFT, styles, "accuracy")
    strip = figure.axes[1]
    assert [text.get_text() for text in strip.get_yticklabels()] == ["augmented training", "clean training"]
    assert list(strip.get_lines()[0].get_xdata()) == [-2, 2]
    assert list(strip.get_lines()[1].get_xdata()) == [0, 0]


def test_circles_close_where_the_levels_go_all_round(metrics, styles):
    figure = plots.plot_around_circle(curves_of(metrics), ROTATION, styles, "accuracy")
    assert [axes.get_title("center") for axes in figure.axes] == ["cnn", "stn", "capsnet"]
    for axes in figure.axes:
        for line in axes.get_lines():
            angle, radius = line.get_data()
            assert angle[-1] - angle[0] == pytest.approx(2 * np.pi)
            assert radius[-1] == radius[0]


def test_circles_stay_open_where_the_levels_do_not_go_round(metrics, styles):
    curves = curves_of(metrics)
    figure = plots.plot_around_circle(curves[curves["level"].abs() <= 90], ROTATION, styles, "accuracy")
    angle = figure.axes[0].get_lines()[0].get_xdata()
    assert angle[-1] - angle[0] == pytest.approx(np.pi)


def test_long_scores_are_the_summarys(summary):
    scores = plots.long_scores(summary, {"mean_accuracy": "mean", "worst_orbit_accuracy": "worst"})
    assert scores["model"].tolist() == [model for model in MODELS for _ in range(2)]
    worst = scores[scores["series"] == "worst"].set_index("model")
    assert worst["value"].to_dict() == summary.set_index("model")["worst_orbit_accuracy"].to_dict()
    assert worst["low"].to_dict() == summary.set_index("model")["worst_orbit_accuracy_low"].to_dict()


def test_long_scores_leave_out_what_a_model_does_not_have(summary):
    lacking = summary.assign(mean_kappa=summary["mean_kappa"].where(summary["model"] != "stn"))
    assert "stn" not in set(plots.long_scores(lacking, {"mean_kappa": "kappa"})["model"])
    assert plots.long_scores(summary.head(0), {"mean_kappa": "kappa"}).empty


@pytest.mark.parametrize("plot", [plots.plot_range, plots.plot_side_by_side])
def test_points_show_the_scores(plot, summary, styles):
    scores = plots.long_scores(summary, {"worst_orbit_accuracy": "worst", "best_orbit_accuracy": "best"})
    figure = plot(scores, styles, "share of images")
    assert labels(figure) == {"share of images"}
    assert legend(figure) == ["worst", "best"]
    drawn = {float(line.get_xdata()[0]) for line in figure.axes[0].get_lines() if line.get_marker() != "None"}
    assert drawn == set(scores["value"])


def test_costs_have_a_panel_each_with_units(styles):
    points = pd.DataFrame(
        {
            "model": ["baseline", "stn"] * 3,
            "metric": ["multiply_adds"] * 2 + ["latency"] * 2 + ["parameters"] * 2,
            "title": ["multiply-adds"] * 2 + ["latency (ms)"] * 2 + ["parameters"] * 2,
            "cost_value": [2e6, 9e6, 0.4, 0.5, 0, 0],
            "value": 0.9,
            "low": 0.88,
            "high": 0.92,
        }
    )
    figure = plots.plot_accuracy_against_costs(points, styles, "mean accuracy")
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_xlabel() for axes in shown] == ["multiply-adds", "latency (ms)", "parameters"]
    assert [axes.get_xscale() for axes in shown] == ["log", "linear", "linear"]
    assert "2M" in [text.get_text() for text in shown[0].get_xticklabels()]


def test_training_has_a_panel_per_measure(styles):
    history = pd.concat([history_rows("rotation", model, seed) for model in MODELS for seed in (0, 1)])
    figure = plots.plot_training(history, styles)
    assert labels(figure) == {"epoch", "training loss", "validation accuracy"}
    drawn = figure.axes[0].get_lines()
    assert len(drawn) == len(MODELS)
    loss = history[(history["metric"] == "training loss") & (history["model"] == "stn")]
    np.testing.assert_allclose(drawn[2].get_ydata(), loss.groupby("epoch")["value"].mean())


def test_the_gallery_boxes_what_is_not_the_label():
    arrays = sample_arrays(SHIFT, samples=2)
    predicted = {"one": np.array([[0, 0, 0, 0, 0], [1, 1, 7, -1, 1]]), "other": np.array([[0] * 5, [1] * 5])}
    figure = plots.plot_samples_along_axis(arrays["images"], arrays["levels"], arrays["labels"], predicted, SHIFT)
    first, second = figure.axes
    assert [text.get_text() for text in first.get_yticklabels()] == ["label 0", "one", "other"]
    assert [len(axes.collections[0].get_paths()) for axes in (first, second)] == [0, 2]
    bold = [text.get_text() for text in second.texts if text.get_fontweight() == "bold"]
    assert bold == ["7", "\N{EN DASH}"]
    assert second.get_xlabel() == "displacement (pixels)"


@pytest.mark.parametrize("shape", [(2, 5, 1, 8, 8), (2, 5, 3, 8, 8)])
def test_the_samples_take_channels(shape):
    images = np.zeros(shape, dtype=np.uint8)
    predicted = {"one": np.zeros((2, 5), dtype=int)}
    figure = plots.plot_samples_along_axis(
        images, np.asarray(SHIFT.levels), np.zeros(2, dtype=int), predicted, SHIFT
    )
    drawn = figure.axes[0].images[0].get_array().shape
    assert drawn == ((8, 50) if shape[2] == 1 else (8, 50, 3))


def test_the_gallery_thins_many_levels_but_keeps_the_identity():
    levels = np.linspace(-60, 60, 121)
    images = np.zeros((1, 121, 4, 4), dtype=np.uint8)
    figure = plots.plot_samples_along_axis(
        images, levels, np.zeros(1), {"one": np.zeros((1, 121), dtype=int)}, ROTATION
    )
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert len(ticks) <= 24
    assert "0" in ticks


def test_the_gallery_of_pairs_is_right_only_where_both_are():
    arrays = sample_arrays(COVER, samples=1)
    assert arrays["labels"].tolist() == [[0, 3]]
    predicted = {"one": np.array([[[0, 3], [0, 5], [-1, -1]]])}
    figure = plots.plot_samples_along_axis(arrays["images"], arrays["levels"], arrays["labels"], predicted, COVER)
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["label 0 3", "one"]
    assert [text.get_text() for text in axes.texts] == ["0 3", "0 5", "\N{EN DASH}"]
    assert [text.get_fontweight() for text in axes.texts] == ["normal", "bold", "bold"]


def test_samples_of_a_set_stand_side_by_side_with_their_labels():
    images = np.zeros((3, 1, 8, 8), dtype=np.uint8)
    figure = plots.plot_samples(images, np.array([4, 5, 6]), {"one": np.array([4, 0, 6])})
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["", "label", "one"]
    assert [text.get_text() for text in axes.texts] == ["4", "5", "6", "4", "0", "6"]
    assert [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"] == ["0"]
    assert len(axes.collections[0].get_paths()) == 1


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (2.0**-1.5, "0.354"),
        (2.0**0.5, "1.41"),
        (0.1 + 0.2, "0.3"),
        (-165.0, "\N{MINUS SIGN}165"),
        (0.0, "0"),
        (1440.0, "1440"),
    ],
)
def test_levels_have_three_significant_digits(level, text):
    assert plots.level_text(level) == text


def test_the_unit_is_named_once():
    assert plots.axis_title(SHIFT) == "displacement (pixels)"
    assert plots.axis_title(COVER) == "overlap (share)"
    assert plots.axis_title(BREAK) == "share of pieces moved"


def test_chance_is_a_line_and_the_strip_holds_the_identity(styles):
    curves = pd.DataFrame(
        {
            "model": "stn",
            "regime": "augmented",
            "level": [1 / 3, 1.0],
            "value": [0.6, 0.8],
            "low": 0.5,
            "high": 0.9,
        }
    )
    figure = plots.plot_beside_chance(curves, BREAK, styles, "AUROC", 0.5)
    lines, strip = figure.axes
    assert lines.get_lines()[-1].get_ydata() == [0.5, 0.5]
    assert lines.get_ylim() == (0, 1.02)
    assert list(strip.get_lines()[0].get_xdata()) == [0, 0.5]


def test_an_axis_begins_where_the_numbers_do(styles):
    scores = pd.DataFrame(
        {
            "model": ["stn", "baseline"],
            "series": "accuracy",
            "value": [0.97, 0.98],
            "low": [0.967, np.nan],
            "high": 1.0,
        }
    )
    left, right = plots.plot_zoomed(scores, styles, "accuracy").axes[0].get_xlim()
    assert 0.9 < left < 0.95
    assert right > 1


def test_subsets_have_a_place_each_with_their_counts(styles):
    scores = pd.DataFrame(
        {
            "model": ["baseline", "stn"] * 4,
            "title": ["exact match"] * 4 + ["recall"] * 4,
            "subset": ["0 to 0.2", "0 to 0.2", "0.2 to 0.4", "0.2 to 0.4"] * 2,
            "value": np.arange(8) / 10,
            "low": 0.0,
            "high": 1.0,
            "count": [12, 12, 1300, 1300] * 2,
        }
    )
    figure = plots.plot_by_subset(scores, styles, "overlap")
    first, second = figure.axes
    assert [axes.get_ylabel() for axes in (first, second)] == ["exact match", "recall"]
    assert [text.get_text() for text in second.get_xticklabels()] == [
        "0 to 0.2\n12 images",
        "0.2 to 0.4\n1,300 images",
    ]
    drawn = [line.get_ydata()[0] for line in second.get_lines() if line.get_marker() != "None"]
    assert sorted(drawn) == [0.4, 0.5, 0.6, 0.7]


def test_the_heat_map_writes_every_number_and_leaves_places_empty():
    scores = pd.DataFrame(
        {
            "quantity": ["area"] * 3 + ["on the set"],
            "row": ["turn", "turn", "shift", "two"],
            "model": ["a", "b", "a", "b"],
            "value": [0.5, 0.25, 1.0, 0.05],
        }
    )
    figure = plots.plot_heat_map(scores)
    area, on_set, _ = figure.axes
    assert [text.get_text() for text in area.get_yticklabels()] == ["turn", "shift"]
    assert [text.get_text() for text in on_set.get_yticklabels()] == ["two"]
    assert [text.get_text() for text in area.texts] == ["50.0", "25.0", "100.0"]
    assert [text.get_color() for text in area.texts] == ["black", "white", "black"]
    assert [text.get_text() for text in on_set.texts] == ["5.0"]
    assert area.get_title("left") == "area"


def test_images_in_the_gallery_are_square():
    arrays = sample_arrays(SHIFT, samples=3)
    figure = plots.plot_samples_along_axis(
        arrays["images"], arrays["levels"], arrays["labels"], {"a-long-model-name": np.zeros((3, 5), int)}, SHIFT
    )
    width, height = figure.get_size_inches()
    box = figure.axes[0].get_position()
    across = box.width * width / 5
    down = box.height * height / np.ptp(figure.axes[0].get_ylim())
    assert across == pytest.approx(down)


def test_frames_are_not_written_to(metrics, summary, styles):
    curves, scores = curves_of(metrics), plots.long_scores(summary, {"mean_accuracy": "mean"})
    history = history_rows("rotation", "stn")
    before = [frame.copy(deep=True) for frame in (metrics, summary, curves, scores, history)]
    plots.plot_by_level(curves, ROTATION, styles, "accuracy")
    plots.plot_around_circle(curves, ROTATION, styles, "accuracy")
    plots.plot_range(scores, styles, "accuracy")
    plots.plot_side_by_side(scores, styles, "accuracy")
    plots.plot_training(history, styles)
    for frame, copy in zip((metrics, summary, curves, scores, history), before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_the_same_figure_gives_the_same_bytes(metrics, styles):
    def drawn():
        return plots.figure_files(plots.plot_by_level(curves_of(metrics), ROTATION, styles, "accuracy"))

    first, second = drawn(), drawn()
    assert first == second
    assert first["svg"].startswith(b"<?xml")
    assert first["png"].startswith(b"\x89PNG")
    assert b"<dc:date>" not in first["svg"]


def test_style_leaves_matplotlib_as_it_was():
    with mpl.rc_context():
        before = dict(mpl.rcParams)
        with plots.figure_style():
            assert mpl.rcParams["svg.hashsalt"] == "run-bench"
        assert dict(mpl.rcParams) == before
