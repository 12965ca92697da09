import pandas as pd

from runbench.plots.metrics.two_runs import plot_difference_matrix


def test_the_matrix_leaves_places_without_a_difference_empty_and_its_table_as_it_is():
    rows = pd.DataFrame(
        {
            "suite": ["turn", "turn", "break"],
            "model": ["stn", "baseline", "stn"],
            "difference": [0.125, -0.00001, -0.5],
            "separated": [True, False, False],
        }
    )
    before = rows.copy()
    figure = plot_difference_matrix(rows)
    pd.testing.assert_frame_equal(rows, before)
    assert [text.get_text() for text in figure.axes[0].texts] == ["+12.5*", "0.0", "\N{MINUS SIGN}50.0"]
