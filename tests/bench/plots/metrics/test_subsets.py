import numpy as np
import pandas as pd

from runbench import plots


def test_subsets_have_a_place_each_with_their_counts(styles):
    scores = pd.DataFrame(
        {
            "model": ["baseline", "stn"] * 4,
            "title": ["exact match"] * 4 + ["recall"] * 4,
            "subset": ["0 to 0.2", "0 to 0.2", "0.2 to 0.4", "0.2 to 0.4"] * 2,
            "value": np.arange(8) / 10,
            "low": 0.0,
            "high": 1.0,
            "count": [12, 12, 1300, 1300] * 2,
        }
    )
    figure = plots.plot_by_subset(scores, styles, "overlap")
    first, second = figure.axes
    assert [axes.get_ylabel() for axes in (first, second)] == ["exact match", "recall"]
    assert [text.get_text() for text in second.get_xticklabels()] == [
        "0 to 0.2\n12 images",
        "0.2 to 0.4\n1,300 images",
    ]
    drawn = [line.get_ydata()[0] for line in second.get_lines() if line.get_marker() != "None"]
    assert sorted(drawn) == [0.4, 0.5, 0.6, 0.7]
