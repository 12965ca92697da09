import pandas as pd

from runbench import plots


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
