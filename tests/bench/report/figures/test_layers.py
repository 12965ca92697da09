"""What the report says of measures of features, and what it does without."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fixtures.runs import manifest, write_run
from fixtures.suites import COVER, TURN
from fixtures.synthetic_features import DIMENSIONS, LAYERS, response_rows, write_features
from runbench import plots
from runbench.metrics.registry import feature_metrics, prediction_metrics
from runbench.report.figures.layers.profiles import LEAST_FLOOR, MOST_MODELS, error_over_floor
from runbench.report.figures.poses.pose_dimensions import ranked_dimensions
from runbench.report.layout import lay_out
from runbench.report.page import compose
from runbench.report.writing import write_report
from runbench.store import files, tables
from runbench.store.files import write_json
from runbench.store.run import read_run

DEGREES = replace(
    TURN, name="degrees", unit="degrees", axis="rotation angle", levels=(-90.0, -30.0, 0.0, 60.0), period=360.0
)
ON_SET = replace(DEGREES, name="at-once", axis="", levels=(60.0,), period=None)
SUITES = (DEGREES, COVER, ON_SET)
MODELS = ("baseline", "stn", "capsnet")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of nothing but measures of features, which is quick to read and to draw."""
    folder = write_features(tmp_path_factory.mktemp("results") / "layers", MODELS, SUITES)
    write_json(folder / "manifest.json", manifest("layers", {}, SUITES))
    return folder


@pytest.fixture(scope="module")
def page(run):
    return composed(run)


@pytest.fixture
def small(tmp_path):
    """A whole run of one model on one suite, which a test may damage."""
    folder = write_run(tmp_path / "small", ("stn",), (DEGREES,), images=20)
    return write_features(folder, ("stn",), (DEGREES,))


def composed(folder):
    with plots.figure_style():
        return compose(read_run(folder))


def section_of(page, suite):
    return next(section for section in page.sections if section.suite == suite)


def inside(section):
    return {part.name: part for part in section.parts}.get("layers")


def names_of(section):
    return [shown.name.removeprefix(f"{section.suite.name}-") for shown in inside(section).figures]


def figure_of(page, name):
    return next(shown for shown in lay_out(page).figures if shown.name == name)


def stored(suite, model, measure):
    return [row for row in response_rows(suite, model) if row["metric"] == measure]


def test_each_suite_shows_what_it_has_rows_for(page):
    turned, pairs, on_set = (section_of(page, suite) for suite in SUITES)
    assert names_of(turned) == [
        "prediction-distance",
        "layers-invariance",
        "invariance-by-layer",
        "layers-equivariance",
        "equivariance-by-layer",
        "poses",
        "pose-dimensions",
        "canonicalisation",
        "reconstruction-error",
    ]
    assert "pose-dimensions" not in names_of(pairs)
    assert names_of(on_set) == ["invariance-by-layer", "equivariance-by-layer", "pose-dimensions"]
    assert inside(turned).title == "Inside the layers"


def test_everything_can_be_drawn_and_has_a_table(page):
    with plots.figure_style():
        for section in page.sections:
            for shown in inside(section).figures:
                assert shown.draw().axes
                assert len(shown.table)
                assert "  " not in shown.caption
                assert shown.caption.endswith(".")


def test_a_run_without_measures_of_features_lacks_nothing(tmp_path):
    page = composed(write_run(tmp_path / "old", ("stn",), (DEGREES,), images=20))
    assert page.missing == ()
    assert inside(page.sections[0]) is None


def test_a_damaged_file_is_named_and_the_others_are_shown(small):
    write_features(small, ("baseline",), (DEGREES,))
    (small / "features" / "degrees" / "stn-seed0.parquet").write_bytes(b"PAR1 cut")
    page = composed(small)
    (said,) = page.missing
    assert said.startswith("Measures of features are left out: ")
    assert "stn-seed0.parquet" in said
    assert set(figure_of(page, "degrees-layers-invariance").table["model"]) == {"baseline"}


def test_rows_that_do_not_say_what_they_are_of_are_left_out(small):
    rows = [row | {"model": None} for row in response_rows(DEGREES, "baseline")]
    tables.write_features(small / "features" / "degrees" / "baseline-seed0.parquet", rows)
    (said,) = composed(small).missing
    assert "baseline-seed0.parquet does not say what it is of" in said


def test_a_cell_that_could_not_be_measured_costs_only_its_rows(small):
    tables.write_features(small / "features" / "degrees" / "baseline-seed0.parquet", [])
    page = composed(small)
    assert page.missing == ()
    assert set(figure_of(page, "degrees-layers-invariance").table["model"]) == {"stn"}


def test_measures_are_shown_beside_whole_tables_and_without_them(small, page):
    whole = composed(small)
    assert whole.missing == ()
    assert "layers-equivariance" in names_of(whole.sections[0])
    assert "metrics.parquet is not there." in page.missing


def test_the_ratio_is_error_over_floor_and_missing_where_nothing_is_resampled(page):
    table = figure_of(page, "degrees-layers-equivariance").table.set_index(["model", "layer", "level"])
    rows = [row for model in MODELS for row in stored(DEGREES, model, "equivariance_error")]
    assert len(table) == len(rows)
    for row in rows:
        ratio = table.loc[(row["model"], row["layer"], row["level"]), "ratio"]
        if row["level"] == -90:
            assert np.isnan(ratio)
        else:
            assert ratio == pytest.approx(row["value"] / row["floor"])


def test_a_floor_counts_from_the_least_one_on():
    errors = pd.DataFrame({"value": 0.5, "floor": [np.nan, 0.0, LEAST_FLOOR / 2, LEAST_FLOOR]})
    assert error_over_floor(errors)["ratio"].tolist() == pytest.approx(
        [np.nan, np.nan, np.nan, 0.5 / LEAST_FLOOR], nan_ok=True
    )


def test_only_exact_levels_and_no_ratio_leave_no_map(tmp_path):
    page = composed(write_features(tmp_path / "turns", ("baseline",), (TURN,)))
    assert "layers-equivariance" not in names_of(page.sections[0])
    exact = figure_of(page, "turn-equivariance-by-layer").table
    exact = exact[exact["metric"] == "error, exact subset"]
    assert exact["value"].tolist() == pytest.approx([1e-7, 2e-7, 3e-7, 4e-7])


def test_of_the_exact_subset_the_greatest_error_counts(small):
    rows = response_rows(DEGREES, "stn")
    (layer,) = {row["layer"] for row in rows if row["layer"] and row["layer"].endswith("layers.1 (pooling)")}
    worse = {"metric": "exact_equivariance_error", "layer": layer, "level": 60.0, "value": 0.7}
    tables.write_features(
        small / "features" / "degrees" / "stn-seed0.parquet",
        [*rows, {**rows[0], "low": 0.6, "high": 0.8} | worse],
    )
    table = figure_of(composed(small), "degrees-equivariance-by-layer").table
    exact = table[table["metric"] == "error, exact subset"]
    assert list(zip(exact["layer"], exact["level"], exact["value"], strict=True)) == [
        (LAYERS["stn"][0][0], -90.0, 1e-7),
        (layer, 60.0, 0.7),
    ]


def test_scores_come_last_among_the_layers(page):
    figure = drawn(page, "degrees-equivariance-by-layer")
    named = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert named == [*(layer for layer, lattice in LAYERS["cnn"] if lattice), "scores"]


def drawn(page, name):
    with plots.figure_style():
        return figure_of(page, name).draw()


def test_several_seeds_are_told_as_mean_and_range(tmp_path):
    page = composed(write_features(tmp_path / "seeds", ("stn", "capsnet"), (DEGREES,), seeds=(0, 1)))
    assert "means over 2 seeds" in figure_of(page, "degrees-layers-equivariance").caption
    assert "from the lowest to the highest seed" in figure_of(page, "degrees-poses").caption
    followed = [
        row["value"]
        for seed in (0, 1)
        for row in response_rows(DEGREES, "stn", seed)
        if row["metric"] == "recovered_correlation"
    ]
    said = f"{np.mean(followed):.2f} ({min(followed):.2f} to {max(followed):.2f} over 2 seeds) for stn."
    assert said in figure_of(page, "degrees-canonicalisation").caption


def test_the_recovered_change_is_told_with_its_interval(page):
    shown = figure_of(page, "degrees-canonicalisation")
    (row,) = stored(DEGREES, "stn", "recovered_correlation")
    assert f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}] for stn." in shown.caption
    kept = shown.table[shown.table["title"] == "correlation"]
    assert kept["value"].tolist() == pytest.approx([row["value"]])
    assert figure_of(page, "cover-canonicalisation").caption.count("Correlation") == 0


def test_a_change_that_no_matrix_undoes_has_an_error_of_the_image_alone(tmp_path):
    rows = [row for row in response_rows(DEGREES, "stn") if row["metric"] == "canonicalisation_image_error"]
    tables.write_features(tmp_path / "features" / "degrees" / "stn-seed0.parquet", rows)
    shown = figure_of(composed(tmp_path), "degrees-canonicalisation")
    assert "Error of the image" in shown.caption
    assert "Error of the matrix" not in shown.caption


def test_ignored_pixels_are_told_by_level(page):
    shares = [row["value"] for row in stored(DEGREES, "capsnet", "reconstruction_ignored")]
    said = f"at a level of 0 and 60: {shares[0]:.1%} and {shares[1]:.1%} for capsnet."
    assert said in figure_of(page, "degrees-reconstruction-error").caption
    assert "of each digit with its own drawing" in figure_of(page, "cover-reconstruction-error").caption


def test_dimensions_are_ranked_in_each_network_for_itself():
    generator = np.random.default_rng(3)
    shares = generator.uniform(size=(2, DIMENSIONS))
    rows = [
        {
            "metric": "pose_linearity",
            "model": "capsnet",
            "seed": seed,
            "dimension": place,
            "value": shares[seed, place],
        }
        for seed in (0, 1)
        for place in generator.permutation(DIMENSIONS)
    ]
    ranked = ranked_dimensions(pd.DataFrame(rows).assign(floor=0.1, count=60))
    ordered = -np.sort(-shares, axis=1)
    assert ranked["rank"].tolist() == list(range(1, DIMENSIONS + 1))
    assert ranked["value"].tolist() == pytest.approx(ordered.mean(axis=0).tolist())
    assert ranked["low"].tolist() == ordered.min(axis=0).tolist()
    assert ranked["high"].tolist() == ordered.max(axis=0).tolist()
    assert ranked["dimension"].tolist() == (np.argsort(-shares[0]) + 1).tolist()
    one = ranked_dimensions(pd.DataFrame(rows[:DIMENSIONS]).assign(floor=0.1, count=60))
    assert one[["low", "high"]].isna().all(axis=None)


def test_the_pose_stands_against_the_variance_of_the_same_layer(page):
    table = figure_of(page, "degrees-poses").table
    flat = {(model, layer) for model, layer in zip(table["model"], table["layer"], strict=True)}
    assert flat == {
        ("baseline", "penultimate"),
        ("stn", "penultimate"),
        ("capsnet", "primary (capsules)"),
        ("capsnet", "routing (capsules)"),
    }
    figure = drawn(page, "degrees-poses")
    points = {
        tuple(line.get_xydata()[0]) for line in figure.axes[0].get_lines() if line.get_marker() not in ("None", "")
    }
    expected = set()
    for model, layer in flat:
        x, y = (
            next(row["value"] for row in stored(DEGREES, model, measure) if row["layer"] == layer)
            for measure in ("normalised_variance", "pose_decodability")
        )
        expected.add((x, y))
    assert points == expected


def test_learned_maps_are_averaged_over_levels(page):
    figure = drawn(page, "degrees-poses")
    rows = stored(DEGREES, "baseline", "learned_map")
    expected = (np.mean([row["floor"] for row in rows]), np.mean([row["value"] for row in rows]))
    points = [
        tuple(line.get_xydata()[0]) for line in figure.axes[1].get_lines() if line.get_marker() not in ("None", "")
    ]
    assert any(point == pytest.approx(expected) for point in points)


def test_models_beyond_the_first_stand_only_in_the_table(tmp_path):
    models = tuple(f"m{place:02}" for place in range(MOST_MODELS + 2))
    page = composed(write_features(tmp_path / "many", models, (DEGREES,)))
    shown = figure_of(page, "degrees-layers-invariance")
    assert shown.caption.endswith(f"Only in the table: {models[-2]} and {models[-1]}.")
    assert set(shown.table["model"]) == set(models)
    titles = [axes.get_title(loc="left") for axes in drawn(page, shown.name).axes]
    assert [title for title in titles if title] == list(models[:MOST_MODELS])


def test_notes_say_what_no_figure_shows(page):
    (distance, *_) = inside(section_of(page, ON_SET)).notes
    (row,) = stored(ON_SET, "baseline", "prediction_distance")
    assert f"{row['value']:.3f} for baseline" in distance
    (places,) = inside(section_of(page, DEGREES)).notes
    assert places.endswith("nor of layers without a map.")


def test_models_without_a_place_in_the_image_are_named(tmp_path):
    folder = write_features(tmp_path / "placeless", ("baseline",), (DEGREES,))
    rows = [row for row in response_rows(DEGREES, "stn") if "equivariance" not in row["metric"]]
    tables.write_features(folder / "features" / "degrees" / "stn-seed0.parquet", rows)
    (note,) = inside(composed(folder).sections[0]).notes
    assert note.endswith("; stn has none.")


def test_the_glossary_defines_what_was_measured(page, tmp_path):
    measured = {row["metric"] for suite in SUITES for model in MODELS for row in response_rows(suite, model)}
    defined = [row[0].detail for row in page.glossary.rows]
    assert defined == [*prediction_metrics(), *(name for name in feature_metrics() if name in measured)]
    shown = {row[0].detail: row for row in page.glossary.rows}
    assert shown["equivariance_error"][2].text.endswith(f"Floor: {feature_metrics()['equivariance_error'].floor}.")
    assert shown["pose_linearity"][1].detail == "of each dimension of a capsule"
    old = composed(write_run(tmp_path / "old", ("stn",), (DEGREES,), images=20))
    assert [row[0].detail for row in old.glossary.rows] == list(prediction_metrics())


def test_the_page_holds_the_family_with_its_figures(tmp_path):
    folder = tmp_path / "few"
    rows = [row for name in ("equivariance_error", "feature_distance") for row in stored(DEGREES, "stn", name)]
    tables.write_features(folder / "features" / "degrees" / "stn-seed0.parquet", rows)
    index = write_report(read_run(folder), tmp_path / "report")
    page = index.read_text(encoding="utf-8")
    assert '<h3 id="degrees-layers">Inside the layers</h3>' in page
    assert (index.parent / "figures" / "degrees-layers-equivariance.svg").exists()
    table = files.read_csv(index.parent / "tables" / "degrees-layers-invariance.csv")
    rows = stored(DEGREES, "stn", "feature_distance")
    assert table["value"].tolist() == pytest.approx([row["value"] for row in rows])
