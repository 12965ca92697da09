import numpy as np
import pytest

from fixtures.shown import STEPS, capsule_arrays
from fixtures.suite_tables import DEGREES, figure_of, with_arrays
from runbench.report.figures.capsules.dimensions import dimensions


def test_change_is_from_the_drawing_that_is_not_moved(degrees):
    table = figure_of(dimensions, degrees).table
    drawings = capsule_arrays(DEGREES, 4)["dimensions"].astype(float)
    assert len(table) == 3 * 16 * len(STEPS)
    assert (table[table["step"].abs() < 1e-9]["change"] == 0).all()
    still = len(STEPS) // 2
    for row in table.sample(30, random_state=2).to_dict(orient="records"):
        step = int(np.abs(STEPS - row["step"]).argmin())
        moved = drawings[row["digit"], row["dimension"] - 1]
        assert row["change"] == pytest.approx(np.abs(moved[step] - moved[still]).mean())


def test_each_digit_keeps_its_label(degrees):
    table = figure_of(dimensions, degrees).table
    labels = capsule_arrays(DEGREES, 4)["dimension_labels"]
    assert table.groupby("digit")["label"].unique().str[0].tolist() == labels.tolist()


def test_the_caption_says_how_far_dimensions_are_moved(degrees):
    assert "moved by \N{MINUS SIGN}0.25 to 0.25" in figure_of(dimensions, degrees).caption
    twice = with_arrays(degrees, "capsnet", "dimensions", dimension_steps=2 * STEPS)
    assert "moved by \N{MINUS SIGN}0.5 to 0.5" in figure_of(dimensions, twice).caption


def test_one_drawing_of_a_model_is_enough_for_a_run(pairs):
    said = "Drawn once in a run: the dimensions of the capsules of capsnet under degrees."
    assert list(dimensions(pairs)) == [said]
    moved = pairs.samples.introspections["capsnet"].dimensions.dimensions[:, ::-1]
    assert list(dimensions(with_arrays(pairs, "capsnet", "dimensions", dimensions=moved))) == [said]
