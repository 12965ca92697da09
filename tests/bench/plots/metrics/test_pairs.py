from fixtures.figures import cells_of, pairs_of
from runbench import plots


def test_equal_models_keep_the_colour_of_no_difference():
    with plots.figure_style():
        figure = plots.plot_differences(pairs_of(("a", "b", 0.0, 0.0, False)), {"a": 1, "b": 1}, "difference")
        figure.canvas.draw()
    filled = [patch.get_facecolor()[:3] for patch in figure.axes[0].patches[:2]]
    assert filled[0] == filled[1]
    assert min(filled[0]) > 0.95
    assert set(cells_of(figure).values()) == {"0.0"}


def test_colours_are_centred_at_no_difference():
    with plots.figure_style():
        figure = plots.plot_differences(
            pairs_of(("a", "b", 0.4, 0.0, True), ("a", "c", -0.1, 0.0, True)),
            {"a": 1, "b": 2, "c": 1},
            "difference",
        )
    low, high = figure.axes[1].get_xlim()
    assert low == -high == -40
    ahead, behind, *_ = (patch.get_facecolor() for patch in figure.axes[0].patches)
    assert ahead[2] > ahead[0]
    assert behind[0] > behind[2]
