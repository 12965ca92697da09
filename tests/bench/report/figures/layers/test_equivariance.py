from dataclasses import replace

import pandas as pd
import pytest

from fixtures.suite_tables import DEGREES, SHOWN, figure_of, figures_of, notes_of, one_level, stored, with_features
from fixtures.synthetic_features import response_rows
from runbench.report.figures.layers.equivariance import equivariance


def test_the_ratio_is_error_over_floor_and_missing_where_nothing_is_resampled(degrees):
    table = figure_of(equivariance, degrees).table.set_index(["model", "layer", "level"])["ratio"]
    rows = [row for model in SHOWN for row in stored(DEGREES, model, "equivariance_error")]
    quarter = [row for row in rows if row["level"] == -90]
    assert len(table) == len(rows) > len(quarter) > 0
    assert table.xs(-90.0, level="level").isna().all()
    expected = {
        (row["model"], row["layer"], row["level"]): row["value"] / row["floor"]
        for row in rows
        if row not in quarter
    }
    assert table.dropna().to_dict() == pytest.approx(expected)


def test_the_caption_points_to_the_error_itself_only_where_that_is_shown(degrees):
    assert "(the next figure shows the error itself)" in figure_of(equivariance, degrees).caption
    rows = [row for row in response_rows(DEGREES, "stn") if row["metric"] != "exact_equivariance_error"]
    assert "the next figure" not in figure_of(equivariance, with_features(degrees, rows)).caption


def test_only_exact_levels_leave_no_map(degrees):
    turns = replace(DEGREES, levels=(-90.0, 0.0, 90.0, 180.0))
    tables = with_features(replace(degrees, suite=turns), response_rows(turns, "baseline"))
    assert not figures_of(equivariance, tables)
    assert notes_of(equivariance, tables)


def test_a_set_or_a_single_level_has_no_map(degrees, images_set, pairs_set):
    for tables in (one_level(degrees), images_set, pairs_set):
        assert not figures_of(equivariance, tables)


def test_it_is_said_of_which_layers_equivariance_is_measured(degrees):
    (note,) = notes_of(equivariance, degrees)
    assert note.endswith("nor of layers without a map.")


@pytest.mark.parametrize(
    ("placeless", "words"), [(["stn"], "; stn has none."), (["stn", "capsnet"], "; stn and capsnet have none.")]
)
def test_models_without_a_place_in_the_image_are_named(degrees, placeless, words):
    rows = degrees.features
    without = rows["model"].isin(placeless) & rows["metric"].str.contains("equivariance")
    (note,) = notes_of(equivariance, replace(degrees, features=rows[~without]))
    assert note.endswith(words)


def test_where_nothing_was_measured_nothing_is_said(degrees):
    assert not list(equivariance(replace(degrees, features=pd.DataFrame(columns=degrees.features.columns))))
