import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.random_tables import NAN, mean, same, tables
from runbench.metrics.predictions.label_sets import ATTAINED_BINS, attained_masks, attained_means, label_recall

classes = st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True)


@given(rows=st.lists(st.tuples(classes, classes), min_size=1, max_size=9))
def test_recall_is_the_share_of_labels_found(rows):
    labels, predicted = (
        np.array([[*own, NAN][:2] for own in column], dtype=float) for column in zip(*rows, strict=True)
    )
    expected = [len(set(truth) & set(answer)) / len(truth) for truth, answer in rows]
    assert label_recall(labels, predicted).tolist() == expected


@tables
def test_attained_mean_takes_the_level_where_it_is_met(table):
    attained = np.where(table.predicted < 1, NAN, table.confidence)
    expected = np.full((len(table.weights), len(table.levels)), NAN)
    for j, level in enumerate(table.levels):
        if np.isfinite(attained[table.mask[:, j], j]).any():
            for r, w in enumerate(table.weights):
                expected[r, j] = mean(
                    [level if np.isnan(attained[i, j]) else attained[i, j] for i in table.rows(w, j)]
                )
    same(attained_means(attained, table.levels, table.mask, table.weights), expected)


def test_attained_bins_are_closed_below_and_the_last_above_too():
    attained = np.array([[0.0], [0.2], [np.nextafter(0.4, 0)], [0.6], [0.8], [1.0], [NAN], [1.1], [-0.1]])
    bins = {name: np.flatnonzero(mask).tolist() for name, mask in attained_masks(attained).items()}
    assert bins == {
        "attained 0 to 0.2": [0],
        "attained 0.2 to 0.4": [1, 2],
        "attained 0.4 to 0.6": [],
        "attained 0.6 to 0.8": [3],
        "attained 0.8 to 1": [4, 5],
    }
    assert list(bins) == list(ATTAINED_BINS)


@pytest.mark.parametrize("edge", [0.2, 0.4, 0.6, 0.8])
def test_a_stored_edge_is_in_the_bin_above_it(edge):
    stored = np.float64(np.float32(edge))
    (inside,) = (name for name, mask in attained_masks(np.array([[stored]])).items() if mask.any())
    assert inside.startswith(f"attained {edge} to")
