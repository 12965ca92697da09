import numpy as np
import pytest

from fixtures.suites import BREAK, STREWN, TURN
from runbench.plots import figure_style, styles_of
from runbench.report.comparison.figures import figures, matrix, sweep_title


def drawn(compared, suite):
    return {shown.name: shown for shown in figures(compared, suite, styles_of(compared.first.models))}


@pytest.mark.parametrize(
    ("metric", "suite", "title"),
    [
        ("area_under_curve", TURN, "area under the curve"),
        ("mean_accuracy", BREAK, "mean accuracy"),
        ("mean_accuracy", STREWN, "exact match on the set"),
    ],
)
def test_a_sweeps_number_is_named_after_what_counts_as_right(metric, suite, title):
    assert sweep_title(metric, suite) == title


def test_curves_are_those_of_both_runs(compared):
    curves = drawn(compared, TURN)["turn-curves"].table
    for letter, run in (("A", compared.first), ("B", compared.second)):
        stored = run.metrics.query(
            "suite == 'turn' and metric == 'accuracy' and subset == 'all' and level.notna()"
        )
        ours = curves[curves["run"] == letter].merge(stored, on=["model", "level"])
        assert len(ours) == 2 * len(TURN.levels)
        assert np.allclose(ours["value_x"], ours["value_y"])


def test_levels_are_marked_where_the_table_says_that_the_runs_separate(compared):
    curves = drawn(compared, TURN)["turn-curves"].table
    rows = compared.comparison.query("suite == 'turn' and level.notna()")
    expected = {(row["model"], row["level"]) for row in rows.to_dict("records") if row["separated"]}
    marked = curves[curves["separated"]]
    assert set(zip(marked["model"], marked["level"], strict=True)) == expected
    assert (len(marked)) == 2 * len(expected)


def test_a_set_has_differences_and_no_curve(compared):
    assert list(drawn(compared, STREWN)) == ["strewn-differences"]
    shown = drawn(compared, STREWN)["strewn-differences"]
    assert shown.title == "Difference of the exact match on the set"
    assert "over the choice of 60 images" in shown.caption
    with figure_style():
        assert shown.draw().axes


def test_the_smallest_difference_that_is_resolved_is_a_span_over_the_models(compared):
    sweeps = compared.comparison.query("suite == 'turn' and level.isna()")
    low, high = (f"{100 * float(bound):.1f}" for bound in np.quantile(sweeps["resolvable"].astype(float), (0, 1)))
    caption = drawn(compared, TURN)["turn-differences"].caption
    assert f"80% power: {low if low == high else f'{low} to {high}'} points" in caption


def test_the_matrix_is_of_the_sweeps_of_several_suites(compared):
    shown = matrix(compared)
    assert sorted(set(shown.table["suite"])) == ["strewn", "turn"]
    assert shown.table["level"].isna().all()
