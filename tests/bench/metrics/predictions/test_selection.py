import numpy as np
import pytest

from fixtures.random_tables import mean, same, selection_of, tables
from runbench.metrics.predictions.selection import Resampled


@tables
def test_what_is_given_at_each_level_counts_the_images_there(table):
    selection = selection_of(table)
    images = [len(table.rows(np.ones(len(table.labels)), j)) for j in range(len(table.levels))]
    for found, numbers in (
        (selection.share(table.correct), table.correct),
        (selection.mean(table.confidence), table.confidence),
    ):
        expected = [
            [mean([numbers[i, j] for i in table.rows(w, j)]) for j in range(len(table.levels))]
            for w in table.weights
        ]
        same(found.values, expected)
        assert found.count.tolist() == images
    same(selection.accuracy, selection.share(table.correct).values)


@tables
def test_what_is_given_of_the_sweep_counts_an_image_once(table):
    values = np.arange(5.0)
    found = selection_of(table).over_sweep(values)
    assert isinstance(found, Resampled)
    assert found.values is values
    assert found.count == sum(any(row) for row in table.mask.tolist())


@tables
def test_the_identity_is_the_level_that_changes_nothing(table):
    assert selection_of(table).identity == table.identity
    with pytest.raises(ValueError, match="not among the levels"):
        _ = selection_of(table, unchanged=None).identity
