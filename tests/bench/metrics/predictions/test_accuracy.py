import numpy as np

from fixtures.random_tables import mean, same, selection_of, tables
from runbench.metrics.predictions.accuracy import METRICS, area_under_curve, identity_accuracy
from runbench.metrics.predictions.weighted import level_shares

COMPUTE = {metric.name: metric.compute for metric in METRICS}


@tables
def test_area(table):
    curves = level_shares(table.correct, table.mask, table.weights)
    expected = []
    for curve in curves:
        area = 0.0
        for j in range(len(table.levels) - 1):
            area += (table.levels[j + 1] - table.levels[j]) * (curve[j] + curve[j + 1]) / 2
        expected.append(area / (table.levels[-1] - table.levels[0]))
    same(area_under_curve(curves, table.levels), expected)


def test_area_by_hand():
    # (1 + 0.5) / 2 * 1 + (0.5 + 0) / 2 * 3, over a range of 4
    same(area_under_curve(np.array([[1.0, 0.5, 0.0]]), np.array([0.0, 1.0, 4.0])), [1.5 / 4])


@tables
def test_accuracy_at_the_identity_is_that_of_its_own_images(table):
    found = identity_accuracy(selection_of(table))
    same(
        found.values,
        [mean([table.correct[i, table.identity] for i in table.rows(w, table.identity)]) for w in table.weights],
    )
    assert found.count == table.mask[:, table.identity].sum()


@tables
def test_levels_in_and_out_of_range_part_the_sweep(table):
    for name, inside in (("accuracy_in_range", True), ("accuracy_out_of_range", False)):
        expected = []
        for w in table.weights:
            shares = [
                mean([table.correct[i, j] for i in table.rows(w, j)])
                for j in np.flatnonzero(table.in_range == inside)
            ]
            expected.append(mean([share for share in shares if not np.isnan(share)]))
        same(COMPUTE[name](selection_of(table)).values, expected)


@tables
def test_non_finite_scores_are_counted_among_the_images_of_a_level(table):
    expected = [
        [mean([table.predicted[i, j] == -1 for i in table.rows(w, j)]) for j in range(len(table.levels))]
        for w in table.weights
    ]
    same(COMPUTE["non_finite_share"](selection_of(table)).values, expected)
