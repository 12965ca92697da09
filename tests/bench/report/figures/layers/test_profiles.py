import numpy as np
import pandas as pd
import pytest

from fixtures.suite_tables import figure_of, with_responses
from runbench.plots import Profile
from runbench.report.figures.layers import profiles
from runbench.report.figures.layers.equivariance import equivariance
from runbench.report.figures.layers.profiles import LEAST_FLOOR, MOST_MODELS


def test_a_floor_counts_from_the_least_one_on():
    errors = pd.DataFrame({"value": 0.5, "floor": [np.nan, 0.0, LEAST_FLOOR / 2, LEAST_FLOOR]})
    assert profiles.error_over_floor(errors)["ratio"].tolist() == pytest.approx(
        [np.nan, np.nan, np.nan, 0.5 / LEAST_FLOOR], nan_ok=True
    )


@pytest.mark.parametrize(
    ("more", "said"), [(0, ""), (1, " Only in the table: 12."), (2, " Only in the table: 12 and 13.")]
)
def test_the_first_models_are_kept_with_all_their_rows(more, said):
    rows = pd.DataFrame({"model": [str(place) for place in range(MOST_MODELS + more)] * 2})
    kept, words = profiles.first_models(rows)
    assert kept["model"].tolist() == [str(place) for place in range(MOST_MODELS)] * 2
    assert words == said


def test_profiles_without_rows_are_neither_drawn_nor_told(degrees):
    variance = degrees.measured("normalised_variance")
    told = [(Profile("empty", variance.iloc[:0]), "Nothing."), (Profile("variance", variance), "Something.")]
    (shown,) = profiles.profiles(degrees, "some", "Some", told)
    assert shown.name == "degrees-some"
    assert shown.caption.startswith("Something. Layers stand in the order")
    assert set(shown.table["metric"]) == {"variance"}
    assert not list(profiles.profiles(degrees, "none", "None", told[:1]))


def test_bars_are_told_only_where_there_are_bounds(degrees):
    for metric, expected in (("normalised_variance", False), ("pose_decodability", True)):
        (shown,) = profiles.profiles(degrees, "one", "One", [(Profile(metric, degrees.measured(metric)), "It.")])
        assert ("Bars: 95% intervals" in shown.caption) == expected


def test_several_seeds_are_told_as_means(degrees):
    tables = with_responses(degrees, ("stn", "capsnet"), seeds=(0, 1))
    assert "60 images, means over 2 seeds." in figure_of(equivariance, tables).caption
    assert "means over" not in figure_of(equivariance, degrees).caption
