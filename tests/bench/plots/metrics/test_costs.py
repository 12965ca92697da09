import pandas as pd

from runbench import plots


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
