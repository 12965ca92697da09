import numpy as np
import pytest

from fixtures.shown import transformer_arrays
from fixtures.suite_tables import DEGREES, figure_of, with_arrays
from runbench.report.figures.transformers.theta import theta


def test_each_entry_stands_where_it_does_in_the_matrix(degrees):
    table = figure_of(theta, degrees).table
    stored = transformer_arrays(DEGREES, 4)["theta_by_epoch"]
    assert len(table) == len(stored) * len(stored[0]) * 6
    for row in table.sample(30, random_state=1).to_dict(orient="records"):
        place = row["epoch"], row["image"], row["row"] - 1, row["column"] - 1
        assert row["value"] == pytest.approx(stored[place], abs=1e-6)


def test_a_last_row_that_never_moves_is_left_out(degrees):
    assert set(figure_of(theta, degrees).table["row"]) == {1, 2}
    moved = degrees.samples.introspections["stn"].learning.theta_by_epoch.copy()
    moved[-1, 0, 2, 0] = 0.2
    assert set(figure_of(theta, with_arrays(degrees, "stn", "learning", theta_by_epoch=moved)).table["row"]) == {
        1,
        2,
        3,
    }


def test_a_matrix_that_is_not_finite_keeps_its_rows(degrees):
    broken = degrees.samples.introspections["stn"].learning.theta_by_epoch.copy()
    broken[1, 0] = np.nan
    table = figure_of(theta, with_arrays(degrees, "stn", "learning", theta_by_epoch=broken)).table
    assert table["value"].isna().sum() == 9


def test_what_an_earlier_suite_shows_is_not_drawn_again(pairs):
    assert not list(theta(pairs))
